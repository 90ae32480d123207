#include "http/rate_limiter.h"

#include <algorithm>

namespace xplenty {

bool RateLimiter::Allow(const RequestLimit& limit, SteadyTime now) {
  if (limit.interval.count() <= 0) return true;
  const MutexLock lock(mutex_);
  const double burst = limit.burst;
  if (now > filled_) {
    if (filled_ == SteadyTime()) tokens_ = burst;
    const std::chrono::duration<double> passed = now - filled_;
    tokens_ = std::min(burst, tokens_ + passed / std::chrono::duration<double>(limit.interval));
    filled_ = now;
  }
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

}  // namespace xplenty
