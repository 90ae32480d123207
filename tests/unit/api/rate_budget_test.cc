#include "api/rate_budget.h"

#include <gtest/gtest.h>

namespace xplenty {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
constexpr SteadyTime kStart{hours(5)};

TEST(RateBudget, LimitsNothingWithoutHeaders) {
  RateBudget budget;
  budget.RecordRequest(kStart);
  budget.Update({.limit = 5000, .remaining = {}}, kStart);
  EXPECT_EQ(budget.Interval(2, kStart), milliseconds(0));
  EXPECT_FALSE(budget.Scarce(kStart));
  EXPECT_FALSE(budget.Exhausted(kStart));
}

TEST(RateBudget, SpreadsWhatIsLeftOverAnHour) {
  RateBudget budget;
  budget.Update({.limit = 5000, .remaining = 5000}, kStart);
  EXPECT_EQ(budget.Interval(2, kStart), milliseconds(1440));
  budget.Update({.limit = 5000, .remaining = 100}, kStart);
  EXPECT_EQ(budget.Interval(2, kStart), seconds(72));
  EXPECT_EQ(budget.Interval(0, kStart), milliseconds(0));
  EXPECT_EQ(budget.Interval(1000, kStart), hours(1));
  budget.Update({.limit = 5000, .remaining = 0}, kStart);
  EXPECT_EQ(budget.Interval(2, kStart), hours(1));
}

TEST(RateBudget, IsScarceBelowAFifth) {
  RateBudget budget;
  budget.Update({.limit = 5000, .remaining = 1000}, kStart);
  EXPECT_FALSE(budget.Scarce(kStart));
  budget.Update({.limit = 5000, .remaining = 999}, kStart);
  EXPECT_TRUE(budget.Scarce(kStart));
  budget.Update({.limit = {}, .remaining = 3}, kStart);
  EXPECT_FALSE(budget.Scarce(kStart));
}

TEST(RateBudget, ForgetsAfterAnHour) {
  RateBudget budget;
  budget.Update({.limit = 5000, .remaining = 10}, kStart);
  EXPECT_EQ(budget.Interval(2, kStart + hours(1)), milliseconds(0));
  EXPECT_FALSE(budget.Scarce(kStart + hours(1)));
}

TEST(RateBudget, KeepsOneRequestInReserveAndProbesOnceAMinute) {
  RateBudget budget;
  budget.Update({.limit = 5000, .remaining = 2}, kStart);
  EXPECT_FALSE(budget.Exhausted(kStart));
  budget.Update({.limit = 5000, .remaining = 1}, kStart);
  EXPECT_EQ(budget.BlockedUntil(kStart), kStart + minutes(1));
  EXPECT_FALSE(budget.Exhausted(kStart + minutes(1)));
  budget.RecordRequest(kStart + minutes(1));  // the probe, of which no answer came
  EXPECT_EQ(budget.BlockedUntil(kStart + minutes(1)), kStart + minutes(2));
  budget.Update({.limit = 5000, .remaining = 5000}, kStart + minutes(2));
  EXPECT_FALSE(budget.Exhausted(kStart + minutes(2)));
}

TEST(RateBudget, WaitsAsLongAsA429Says) {
  RateBudget budget;
  budget.Update({.limit = 5000, .remaining = 0}, kStart);
  budget.BlockUntil(kStart + seconds(3));
  EXPECT_TRUE(budget.Exhausted(kStart + seconds(2)));
  EXPECT_FALSE(budget.Exhausted(kStart + seconds(3)));
}

}  // namespace
}  // namespace xplenty
