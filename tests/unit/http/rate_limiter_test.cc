#include "http/rate_limiter.h"

#include <gtest/gtest.h>

namespace xplenty::rate_limiter_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr SteadyTime kStart{seconds(1'000)};

TEST(RateLimiter, AllowsABurstThenOnePerInterval) {
  RateLimiter limiter;
  const RequestLimit limit = {.interval = seconds(10), .burst = 3};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.Allow(limit, kStart));
  EXPECT_FALSE(limiter.Allow(limit, kStart));
  EXPECT_FALSE(limiter.Allow(limit, kStart + milliseconds(9'999)));
  EXPECT_TRUE(limiter.Allow(limit, kStart + milliseconds(10'001)));
  EXPECT_FALSE(limiter.Allow(limit, kStart + milliseconds(19'999)));
}

TEST(RateLimiter, SavesNoMoreThanTheBurst) {
  RateLimiter limiter;
  const RequestLimit limit = {.interval = seconds(1), .burst = 2};
  EXPECT_TRUE(limiter.Allow(limit, kStart));
  const SteadyTime later = kStart + seconds(1'000);
  EXPECT_TRUE(limiter.Allow(limit, later));
  EXPECT_TRUE(limiter.Allow(limit, later));
  EXPECT_FALSE(limiter.Allow(limit, later));
}

TEST(RateLimiter, WithoutAnIntervalHasNoLimit) {
  RateLimiter limiter;
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(limiter.Allow({}, kStart));
}

TEST(RateLimiter, FollowsANewLimit) {
  RateLimiter limiter;
  EXPECT_TRUE(limiter.Allow({.interval = seconds(10), .burst = 1}, kStart));
  EXPECT_FALSE(limiter.Allow({.interval = seconds(10), .burst = 1}, kStart + seconds(1)));
  EXPECT_TRUE(limiter.Allow({.interval = milliseconds(10), .burst = 5}, kStart + seconds(2)));
}

}  // namespace
}  // namespace xplenty::rate_limiter_test
