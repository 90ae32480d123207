#pragma once

#include "base/clock.h"
#include "base/timestamp.h"

namespace xplenty::simulator {

// The clock of the simulated server: `speed` simulated seconds per real second, and steps that
// requests set. Not thread-safe; the simulator's mutex guards it.
class SimulatedClock {
 public:
  // `real` must outlive the clock.
  SimulatedClock(const Clock& real, Timestamp start, double speed)
      : real_(real), speed_(speed), base_(start), base_real_(real.Steady()) {}

  Timestamp Now() const;
  void Set(Timestamp now);
  double speed() const { return speed_; }
  void SetSpeed(double speed);  // from now on

 private:
  const Clock& real_;
  double speed_;
  Timestamp base_;
  SteadyTime base_real_;
};

}  // namespace xplenty::simulator
