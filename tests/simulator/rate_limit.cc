#include "simulator/rate_limit.h"

namespace xplenty::simulator {

int64_t RateLimit::Remaining(Timestamp now) {
  constexpr int64_t kHour = 3600;
  const int64_t hour = ToUnix(now) / kHour;
  if (hour != hour_) {
    hour_ = hour;
    remaining_ = limit_;
  }
  return remaining_;
}

bool RateLimit::Spend(Timestamp now) {
  if (Remaining(now) == 0) return false;
  --remaining_;
  return true;
}

}  // namespace xplenty::simulator
