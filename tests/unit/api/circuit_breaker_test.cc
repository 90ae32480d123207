#include "api/circuit_breaker.h"

#include <chrono>

#include <gtest/gtest.h>

namespace xplenty {
namespace {

using std::chrono::seconds;
constexpr SteadyTime kStart{std::chrono::hours(5)};

TEST(CircuitBreaker, LetsEverythingPassUntilARefusal) {
  CircuitBreaker circuit;
  EXPECT_TRUE(circuit.Allow(kStart));
  EXPECT_TRUE(circuit.Allow(kStart));
}

TEST(CircuitBreaker, AllowsOneProbePerMinute) {
  CircuitBreaker circuit;
  circuit.RecordRefusal(kStart);
  EXPECT_FALSE(circuit.Allow(kStart + seconds(59)));
  EXPECT_TRUE(circuit.Allow(kStart + seconds(60)));
  EXPECT_FALSE(circuit.Allow(kStart + seconds(60)));
  EXPECT_FALSE(circuit.Allow(kStart + seconds(119)));
  EXPECT_TRUE(circuit.Allow(kStart + seconds(120)));
}

TEST(CircuitBreaker, ClosesOnSuccess) {
  CircuitBreaker circuit;
  circuit.RecordRefusal(kStart);
  circuit.RecordSuccess();
  EXPECT_TRUE(circuit.Allow(kStart));
}

}  // namespace
}  // namespace xplenty
