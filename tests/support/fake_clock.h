#pragma once

#include <stop_token>

#include "base/clock.h"
#include "base/mutex.h"

namespace xplenty {

// A clock that stands still except for Advance() and sleeps, which return at once and advance it.
// Safe from any thread.
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
  // It is later than any machine's own clock, which real waits for one of these times use, so only
  // what they wait for ends them. It is 16:00 of a day.
  SteadyTime now_ GUARDED_BY(mutex_){std::chrono::hours(100'000)};
};

}  // namespace xplenty
