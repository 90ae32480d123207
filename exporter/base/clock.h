#pragma once

#include <chrono>
#include <stop_token>

namespace xplenty {

// A time of the clock that never goes back, for waits and deadlines.
using SteadyTime = std::chrono::steady_clock::time_point;
// A time of the machine's calendar clock, which may be set forth and back.
using WallTime = std::chrono::system_clock::time_point;

// The interface through which the program reads the time and sleeps, so that tests can control
// both. Implementations are safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  // Returns the current time of the one clock and of the other.
  virtual SteadyTime Steady() const = 0;
  virtual WallTime Wall() const = 0;

  // Blocks until `until`, or until a stop is requested. Returns at once if either is past.
  virtual void SleepUntil(SteadyTime until, std::stop_token stop) = 0;
};

// Reads the machine's clocks.
class SystemClock final : public Clock {
 public:
  SteadyTime Steady() const override;
  WallTime Wall() const override;
  void SleepUntil(SteadyTime until, std::stop_token stop) override;
};

}  // namespace xplenty
