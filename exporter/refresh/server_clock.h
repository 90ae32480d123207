#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "base/timestamp.h"

namespace xplenty {

// The clock of the API's server: set by the Date header of its responses (RFC 9110, section
// 6.6.1), advanced by the local steady clock between them. Until a response has a Date header, the
// local wall clock stands in. Not thread-safe.
class ServerClock {
 public:
  explicit ServerClock(const Clock& clock) : clock_(&clock) {}

  void Record(std::optional<Timestamp> date) {
    if (!date && known_) return;
    known_ = Known{.time = date ? *date : std::chrono::floor<std::chrono::seconds>(clock_->Wall()),
                   .at = clock_->Steady()};
  }

  // The server's time now, in whole seconds; empty before the first response.
  std::optional<Timestamp> Now() const {
    if (!known_) return std::nullopt;
    return known_->time + std::chrono::floor<std::chrono::seconds>(clock_->Steady() - known_->at);
  }

 private:
  struct Known {
    Timestamp time;
    SteadyTime at;
  };
  const Clock* clock_;
  std::optional<Known> known_;
};

}  // namespace xplenty
