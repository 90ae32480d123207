#include "refresh/zero_first_timer.h"

#include <gtest/gtest.h>

namespace xplenty {
namespace {

using std::chrono::seconds;

constexpr SteadyTime kStart{};

TEST(P6ZeroFirstTimer, ReleasesScrapedVersionsAfterTheDelay) {
  ZeroFirstTimer hold(seconds(60));
  hold.RecordPublished(1, kStart);
  hold.RecordPublished(2, kStart + seconds(30));
  EXPECT_EQ(hold.Releasable(2, kStart + seconds(59)), std::nullopt);
  EXPECT_EQ(hold.Releasable(0, kStart + seconds(60)), std::nullopt);
  EXPECT_EQ(hold.Releasable(2, kStart + seconds(60)), 1U);
  EXPECT_EQ(hold.Releasable(2, kStart + seconds(90)), 2U);
}

TEST(P6ZeroFirstTimer, StaysReleasableUntilRecorded) {
  ZeroFirstTimer hold(seconds(60));
  hold.RecordPublished(1, kStart);
  const SteadyTime later = kStart + seconds(60);
  EXPECT_EQ(hold.Releasable(1, later), 1U);
  EXPECT_EQ(hold.Releasable(1, later), 1U);  // the commit failed
  hold.RecordReleased(1);
  EXPECT_EQ(hold.Releasable(1, later), std::nullopt);
}

}  // namespace
}  // namespace xplenty
