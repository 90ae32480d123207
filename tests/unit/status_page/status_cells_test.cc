#include "status_page/status_cells.h"

#include <gtest/gtest.h>

#include "base/timestamp.h"

namespace xplenty::status_cells_test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const WallTime kNow = *ParseIso8601("2026-03-01T09:30:00Z");

TEST(RoughDuration, HasTheTwoLargestUnits) {
  EXPECT_EQ(RoughDuration(seconds(-5)), "0s");
  EXPECT_EQ(RoughDuration(seconds(0)), "0s");
  EXPECT_EQ(RoughDuration(seconds(59)), "59s");
  EXPECT_EQ(RoughDuration(seconds(60)), "1m");
  EXPECT_EQ(RoughDuration(seconds(3599)), "59m 59s");
  EXPECT_EQ(RoughDuration(seconds(3659)), "1h");
  EXPECT_EQ(RoughDuration(seconds(3660)), "1h 1m");
  EXPECT_EQ(RoughDuration(hours(24)), "1d");
  EXPECT_EQ(RoughDuration(hours(24 * 365 + 5)), "365d 5h");
}

TEST(GroupedNumber, SeparatesThousands) {
  EXPECT_EQ(GroupedNumber(0), "0");
  EXPECT_EQ(GroupedNumber(999), "999");
  EXPECT_EQ(GroupedNumber(1000), "1,000");
  EXPECT_EQ(GroupedNumber(-123456), "-123,456");
  EXPECT_EQ(GroupedNumber(INT64_MAX), "9,223,372,036,854,775,807");
}

TEST(TimeAgo, HasTheExactTimeToo) {
  EXPECT_EQ(TimeAgo(kNow - seconds(90), kNow).markup(),
            "<time datetime=\"2026-03-01T09:28:30Z\" title=\"2026-03-01T09:28:30Z\" "
            "class=\"past\">1m 30s ago</time>");
  EXPECT_EQ(TimeAgoOr({}, kNow, "never").markup(), "never");
}

TEST(TimeAhead, SaysWhenItIsLate) {
  EXPECT_NE(TimeAhead(kNow, kNow).markup().find(">in 0s<"), std::string::npos);
  EXPECT_NE(TimeAhead(kNow + seconds(61), kNow).markup().find(">in 1m 1s<"), std::string::npos);
  const std::string late = TimeAhead(kNow - seconds(61), kNow).markup();
  EXPECT_NE(late.find("class=\"late\">late by 1m 1s<"), std::string::npos) << late;
}

}  // namespace
}  // namespace xplenty::status_cells_test
