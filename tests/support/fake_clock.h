#pragma once

#include <stop_token>

#include "base/clock.h"
#include "base/mutex.h"

namespace xplenty {

// Time that stands still but for Advance() and sleeps, which return at once and move it. Safe from
// any thread.
class FakeClock final : public Clock {
 public:
  SteadyTime Steady() const override {
    const MutexLock lock(mutex_);
    return now_;
  }
  WallTime Wall() const override { return WallTime(Steady().time_since_epoch()); }
  void SleepUntil(SteadyTime until, std::stop_token stop) override {
    const MutexLock lock(mutex_);
    if (!stop.stop_requested() && until > now_) now_ = until;
  }
  void Advance(SteadyTime::duration by) {
    const MutexLock lock(mutex_);
    now_ += by;
  }

 private:
  mutable Mutex mutex_;
  // Further on than any machine's own clock, which is what real waits for one of these times go by:
  // so they end by what they wait for. 16:00 of a day.
  SteadyTime now_ GUARDED_BY(mutex_){std::chrono::hours(100'000)};
};

}  // namespace xplenty
