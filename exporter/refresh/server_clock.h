#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "base/timestamp.h"

namespace xplenty {

// The clock of the API's server, told by the Date header of its answers and carried on between
// them. An answer without one is timed by the machine's clock, if there never was one. Not
// thread-safe.
class ServerClock {
 public:
  explicit ServerClock(const Clock& clock) : clock_(&clock) {}

  void Record(std::optional<Timestamp> date) {
    if (!date && known_) return;
    known_ = Known{.time = date ? *date : std::chrono::floor<std::chrono::seconds>(clock_->Wall()),
                   .at = clock_->Steady()};
  }

  // Nothing before the first answer.
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
