#include "simulator/simulated_clock.h"

#include <chrono>

namespace xplenty::simulator {

namespace chrono = std::chrono;

Timestamp SimulatedClock::Now() const {
  const chrono::duration<double> real = real_.Steady() - base_real_;
  return base_ + chrono::floor<chrono::seconds>(real * speed_);
}

void SimulatedClock::Set(Timestamp now) {
  base_ = now;
  base_real_ = real_.Steady();
}

void SimulatedClock::SetSpeed(double speed) {
  Set(Now());
  speed_ = speed;
}

}  // namespace xplenty::simulator
