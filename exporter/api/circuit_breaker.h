#pragma once

#include <optional>

#include "base/clock.h"

namespace xplenty {

// Keeps a refused key from being tried over and over: once open, one probe a minute may pass until
// a request succeeds. Pure; time is passed in; one thread.
class CircuitBreaker {
 public:
  // Whether a request may be sent now. While the circuit is open, a yes is the probe of this
  // minute, whatever becomes of it.
  bool Allow(SteadyTime now);

  void RecordRefusal(SteadyTime now);
  void RecordSuccess() { next_probe_.reset(); }

  // When the next probe may pass; nothing while closed.
  std::optional<SteadyTime> next_probe() const { return next_probe_; }

 private:
  std::optional<SteadyTime> next_probe_;
};

}  // namespace xplenty
