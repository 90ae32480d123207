#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/clock.h"

namespace xplenty {

// Tells which views new series have been shown in for long enough: for the hold, and in at least
// one scrape (promise P6). Pure; not thread-safe.
class ZeroFirstTimer {
 public:
  explicit ZeroFirstTimer(std::chrono::milliseconds hold) : hold_(hold) {}

  void Published(uint64_t version, SteadyTime now) {
    if (shown_.empty() || shown_.back().version < version) shown_.push_back({version, now});
  }

  // The highest such version, if any; `scraped` is the highest version a scrape was served.
  std::optional<uint64_t> Releasable(uint64_t scraped, SteadyTime now) const {
    std::optional<uint64_t> highest;
    for (const Shown& shown : shown_) {
      if (shown.version > scraped || now - shown.since < hold_) break;
      highest = shown.version;
    }
    return highest;
  }

  // Until then they stay releasable: the ledger may fail to record it.
  void Released(uint64_t version) {
    while (!shown_.empty() && shown_.front().version <= version) shown_.pop_front();
  }

 private:
  struct Shown {
    uint64_t version{};
    SteadyTime since;
  };
  std::chrono::milliseconds hold_;
  std::deque<Shown> shown_;  // oldest first
};

}  // namespace xplenty
