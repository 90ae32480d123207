#pragma once

#include <chrono>
#include <stop_token>

namespace xplenty {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

// The seam to time. Implementations are safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  virtual SteadyTime Steady() const = 0;
  virtual WallTime Wall() const = 0;

  // Returns at `until`, or earlier when a stop is asked for.
  virtual void SleepUntil(SteadyTime until, std::stop_token stop) = 0;
};

// The machine's clocks.
class SystemClock final : public Clock {
 public:
  SteadyTime Steady() const override;
  WallTime Wall() const override;
  void SleepUntil(SteadyTime until, std::stop_token stop) override;
};

}  // namespace xplenty
