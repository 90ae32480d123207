#include "refresh/zero_first_timer.h"

#include <gtest/gtest.h>

namespace xplenty::zero_first_timer_test {
namespace {

using std::chrono::seconds;

constexpr SteadyTime kStart{};

TEST(P6ZeroFirstTimer, ReleasesScrapedVersionsAfterTheDelay) {
  ZeroFirstTimer timer(seconds(60));
  timer.RecordPublished(1, kStart);
  timer.RecordPublished(2, kStart + seconds(30));
  EXPECT_EQ(timer.Releasable(2, kStart + seconds(59)), std::nullopt);
  EXPECT_EQ(timer.Releasable(0, kStart + seconds(60)), std::nullopt);
  EXPECT_EQ(timer.Releasable(2, kStart + seconds(60)), 1U);
  EXPECT_EQ(timer.Releasable(2, kStart + seconds(90)), 2U);
}

TEST(P6ZeroFirstTimer, StaysReleasableUntilRecorded) {
  ZeroFirstTimer timer(seconds(60));
  timer.RecordPublished(1, kStart);
  const SteadyTime later = kStart + seconds(60);
  EXPECT_EQ(timer.Releasable(1, later), 1U);
  EXPECT_EQ(timer.Releasable(1, later), 1U);  // the commit failed
  timer.RecordReleased(1);
  EXPECT_EQ(timer.Releasable(1, later), std::nullopt);
}

}  // namespace
}  // namespace xplenty::zero_first_timer_test
