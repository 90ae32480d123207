#pragma once

#include <cstdint>

#include "base/timestamp.h"

namespace xplenty::simulator {

// The requests that a key has left in this hour of the simulated clock, for all accounts together.
// Not thread-safe; the simulator's mutex guards it.
class RateLimit {
 public:
  explicit RateLimit(int64_t limit) : limit_(limit) {}

  int64_t limit() const { return limit_; }
  int64_t Remaining(Timestamp now);
  // Takes one request; returns false if the hour's requests are used up.
  bool Spend(Timestamp now);

 private:
  int64_t limit_;
  int64_t hour_ = 0;
  int64_t remaining_ = 0;
};

}  // namespace xplenty::simulator
