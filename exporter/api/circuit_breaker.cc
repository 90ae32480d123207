#include "api/circuit_breaker.h"

#include <chrono>

namespace xplenty {
namespace {

constexpr std::chrono::minutes kProbeInterval(1);

}  // namespace

bool CircuitBreaker::Allow(SteadyTime now) {
  if (!next_probe_) return true;
  if (now < *next_probe_) return false;
  next_probe_ = now + kProbeInterval;
  return true;
}

void CircuitBreaker::RecordRefusal(SteadyTime now) {
  next_probe_ = now + kProbeInterval;
}

}  // namespace xplenty
