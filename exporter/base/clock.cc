#include "base/clock.h"

#include <condition_variable>
#include <mutex>

namespace xplenty {

SteadyTime SystemClock::Steady() const {
  return std::chrono::steady_clock::now();
}

WallTime SystemClock::Wall() const {
  return std::chrono::system_clock::now();
}

void SystemClock::SleepUntil(SteadyTime until, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, stop, until, [] { return false; });
}

}  // namespace xplenty
