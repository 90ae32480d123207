#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "model/web_options.h"

namespace xplenty {

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
