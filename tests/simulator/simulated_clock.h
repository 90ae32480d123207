#pragma once

#include <string>

#include "base/clock.h"
#include "base/timestamp.h"

namespace xplenty::simulator {

// The clock that the simulated server lives by: `speed` simulated seconds per real one, plus
// scripted steps. Not safe from several threads; the simulator's mutex guards it.
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

// RFC 9110, section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string FormatHttpDate(Timestamp time);

}  // namespace xplenty::simulator
