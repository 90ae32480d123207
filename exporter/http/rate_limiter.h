#pragma once

#include <chrono>

#include "base/clock.h"
#include "base/mutex.h"

namespace xplenty {

struct RequestLimit {
  std::chrono::nanoseconds interval{};  // one request each; 0: no limit
  int burst = 0;                        // how many may come at once, at least 1
};

// A bucket of tokens: it holds `burst` of them and gets one each `interval`. Safe from any thread.
class RateLimiter {
 public:
  // Takes a token; false if there is none. The limit may differ from call to call.
  bool Allow(const RequestLimit& limit, SteadyTime now);

 private:
  Mutex mutex_;
  double tokens_ GUARDED_BY(mutex_) = 0;
  SteadyTime filled_ GUARDED_BY(mutex_){};  // a long time ago: the bucket begins full
};

}  // namespace xplenty
