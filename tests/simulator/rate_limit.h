#pragma once

#include <cstdint>

#include "base/timestamp.h"

namespace xplenty::simulator {

// What is left to one key of the requests in an hour of the simulated clock, whichever accounts it
// asks for. Not safe from several threads; the simulator's mutex guards it.
class RateLimit {
 public:
  explicit RateLimit(int64_t limit) : limit_(limit) {}

  int64_t limit() const { return limit_; }
  int64_t Remaining(Timestamp now);
  // False when the hour's requests are used up.
  bool Spend(Timestamp now);

 private:
  int64_t limit_;
  int64_t hour_ = 0;
  int64_t remaining_ = 0;
};

}  // namespace xplenty::simulator
