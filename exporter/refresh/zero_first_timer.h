#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/clock.h"

namespace xplenty {

// Tracks how long published views have served new series as 0: promise P6 asks for at least one
// scrape and `--metrics.zero-hold`. Pure: callers pass the time. Not thread-safe.
class ZeroFirstTimer {
 public:
  explicit ZeroFirstTimer(std::chrono::milliseconds hold) : hold_(hold) {}

  // A view of this version is served from `now` on. An older or the same version changes nothing.
  void RecordPublished(uint64_t version, SteadyTime now) {
    if (!versions_.empty() && versions_.back().version >= version) return;
    versions_.push_back({version, now});
  }

  // Returns the highest version whose new series may take their values now, if any. `scraped` is
  // the highest version that a scrape has received.
  std::optional<uint64_t> Releasable(uint64_t scraped, SteadyTime now) const {
    std::optional<uint64_t> highest;
    for (const Version& served : versions_) {
      if (served.version > scraped || now - served.since < hold_) break;
      highest = served.version;
    }
    return highest;
  }

  // Forgets versions up to `version` once the ledger has recorded their release. Until then they
  // stay releasable, since that write may fail.
  void RecordReleased(uint64_t version) {
    while (!versions_.empty() && versions_.front().version <= version) versions_.pop_front();
  }

 private:
  struct Version {
    uint64_t version{};
    SteadyTime since;
  };
  std::chrono::milliseconds hold_;
  std::deque<Version> versions_;  // oldest first
};

}  // namespace xplenty
