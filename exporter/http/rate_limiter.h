#pragma once

#include <chrono>

#include "base/clock.h"
#include "base/mutex.h"

namespace xplenty {

struct RequestLimit {
  std::chrono::nanoseconds interval{};  // one request each; 0: no limit
  int burst = 0;                        // how many may come at once, at least 1
};

// A token bucket: it holds `burst` tokens and gains one per `interval`. Safe from any thread.
class RateLimiter {
 public:
  // Takes a token; false if none is left. The limit may change between calls.
  bool Allow(const RequestLimit& limit, SteadyTime now);

 private:
  Mutex mutex_;
  double tokens_ GUARDED_BY(mutex_) = 0;
  SteadyTime filled_ GUARDED_BY(mutex_){};  // zero at first, so the bucket starts full
};

}  // namespace xplenty
