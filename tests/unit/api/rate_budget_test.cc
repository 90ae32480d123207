#include "api/rate_budget.h"

#include <gtest/gtest.h>

namespace xplenty::rate_budget_test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
constexpr SteadyTime kStart{hours(5)};

struct With : RateBudget {
  With(int64_t limit, int64_t remaining) {
    Update({.limit = limit, .remaining = remaining}, kStart);
  }
};

TEST(RateBudget, LimitsNothingWithoutHeaders) {
  RateBudget budget;
  budget.RecordRequest(kStart);
  budget.Update({.limit = 5000, .remaining = {}}, kStart);
  EXPECT_EQ(budget.TokenReadyAt(2, kStart), kStart);
  EXPECT_TRUE(budget.HasHeadroom(kStart));
  EXPECT_FALSE(budget.IsLow(kStart));
  EXPECT_FALSE(budget.Exhausted(kStart));
}

TEST(RateBudget, SpreadsTheRestOverAnHour) {
  EXPECT_EQ(With(5000, 5000).TokenReadyAt(2, kStart) - kStart, milliseconds(1442));
  EXPECT_EQ(With(5000, 105).TokenReadyAt(2, kStart) - kStart, seconds(72));
  EXPECT_EQ(With(5000, 105).TokenReadyAt(0, kStart), kStart);
  EXPECT_EQ(With(5000, 105).TokenReadyAt(1000, kStart) - kStart, hours(1));
  EXPECT_EQ(With(5000, 6).TokenReadyAt(1, kStart) - kStart, hours(1));
  EXPECT_EQ(With(5000, 5).TokenReadyAt(1, kStart) - kStart, hours(1));
}

TEST(RateBudget, RefillsAndSpendsTokens) {
  With budget(5000, 105);  // one token in 36 s
  EXPECT_EQ(budget.TokenReadyAt(2, kStart + seconds(36)), kStart + seconds(72));
  EXPECT_EQ(budget.TokenReadyAt(2, kStart + seconds(80)), kStart + seconds(80));
  budget.RecordRequest(kStart + seconds(36));
  budget.Update({.limit = 5000, .remaining = 105}, kStart + seconds(36));
  EXPECT_EQ(budget.TokenReadyAt(1, kStart + seconds(36)), kStart + seconds(72));
  budget.RecordRequest(kStart + seconds(36));  // a retry, without a token
  budget.Update({.limit = 5000, .remaining = 105}, kStart + seconds(36));
  EXPECT_EQ(budget.TokenReadyAt(1, kStart + seconds(36)), kStart + seconds(108));
}

TEST(RateBudget, SavesUpATenth) {
  const With budget(5000, 205);  // one token in 18 s
  const SteadyTime later = kStart + minutes(30);
  EXPECT_EQ(budget.TokenReadyAt(20, later), later);
  EXPECT_EQ(budget.TokenReadyAt(21, later), later + seconds(18));
}

TEST(RateBudget, CountsRequestWithoutResponseAsSpent) {
  With budget(5000, 7);
  budget.RecordRequest(kStart);
  EXPECT_FALSE(budget.Exhausted(kStart));
  budget.RecordRequest(kStart);
  EXPECT_TRUE(budget.Exhausted(kStart));
}

TEST(RateBudget, HeadroomFromHalfLowBelowFifth) {
  EXPECT_TRUE(With(5000, 2500).HasHeadroom(kStart));
  EXPECT_FALSE(With(5000, 2499).HasHeadroom(kStart));
  EXPECT_FALSE(With(5000, 1005).IsLow(kStart));
  EXPECT_TRUE(With(5000, 1004).IsLow(kStart));
  RateBudget budget;
  budget.Update({.limit = {}, .remaining = 3}, kStart);
  EXPECT_FALSE(budget.IsLow(kStart));
  EXPECT_FALSE(budget.HasHeadroom(kStart));
}

TEST(RateBudget, ConcurrencyKeepsHalfOfTheLimit) {
  const size_t widest = RateBudget().MaxConcurrency(kStart);
  EXPECT_GE(widest, 8U);
  EXPECT_EQ(With(5000, 5000).MaxConcurrency(kStart), widest);
  EXPECT_EQ(With(5000, 2505).MaxConcurrency(kStart), 5U);
  EXPECT_EQ(With(5000, 2500).MaxConcurrency(kStart), 1U);
  EXPECT_EQ(With(5000, 100).MaxConcurrency(kStart), 1U);
  EXPECT_EQ(With(8, 8).MaxConcurrency(kStart), 4U);
  RateBudget budget;
  budget.Update({.limit = {}, .remaining = 3000}, kStart);
  EXPECT_EQ(budget.MaxConcurrency(kStart), 1U);
}

TEST(RateBudget, DividesConcurrencyAmongSharers) {
  With budget(5000, 2520);
  budget.ShareAmong(4);
  EXPECT_EQ(budget.MaxConcurrency(kStart), 5U);
  budget.ShareAmong(100);
  EXPECT_EQ(budget.MaxConcurrency(kStart), 1U);
}

TEST(RateBudget, IsSequentialForAnHourAfter429) {
  With budget(5000, 5000);
  budget.BlockUntil(kStart + seconds(3));
  EXPECT_EQ(budget.MaxConcurrency(kStart + minutes(59)), 1U);
  EXPECT_GT(budget.MaxConcurrency(kStart + hours(1) + seconds(3)), 1U);
}

TEST(RateBudget, ForgetsAfterAnHour) {
  const With budget(5000, 10);
  EXPECT_EQ(budget.TokenReadyAt(2, kStart + hours(1)), kStart + hours(1));
  EXPECT_TRUE(budget.HasHeadroom(kStart + hours(1)));
  EXPECT_FALSE(budget.IsLow(kStart + hours(1)));
}

TEST(RateBudget, KeepsAReserveForAnHour) {
  EXPECT_FALSE(With(5000, 6).Exhausted(kStart));
  EXPECT_EQ(With(5000, 5).BlockedUntil(kStart), kStart + hours(1));
  EXPECT_FALSE(With(5000, 5).Exhausted(kStart + hours(1)));
  EXPECT_FALSE(With(8, 3).Exhausted(kStart));  // the reserve of a small limit is a quarter
  EXPECT_TRUE(With(8, 2).Exhausted(kStart));
  With budget(5000, 5);
  budget.Update({.limit = 5000, .remaining = 5000}, kStart + minutes(2));
  EXPECT_FALSE(budget.Exhausted(kStart + minutes(2)));
}

TEST(RateBudget, BlocksAsLongAs429Says) {
  RateBudget budget;
  budget.Update({.limit = 5000, .remaining = 0}, kStart);
  budget.BlockUntil(kStart + seconds(3));
  EXPECT_TRUE(budget.Exhausted(kStart + seconds(2)));
  EXPECT_FALSE(budget.Exhausted(kStart + seconds(3)));
}

// Accounts that share a key each get their share, however many there are.
TEST(RateBudget, GivesSharersEqualParts) {
  With budget(5000, 120);
  budget.ShareAmong(20);  // 100 are left without the reserve of 20: each has 5 an hour
  EXPECT_EQ(budget.TokenReadyAt(1, kStart) - kStart, minutes(12));
  budget.ShareAmong(1);
  EXPECT_EQ(budget.TokenReadyAt(1, kStart) - kStart,
            std::chrono::ceil<milliseconds>(hours(1) / 115.0));
}

TEST(RateBudget, ContinuesFromAnotherBudget) {
  With previous(5000, 5);
  RateBudget budget;
  EXPECT_FALSE(budget.Exhausted(kStart));
  budget.Continue(previous);
  EXPECT_EQ(budget.BlockedUntil(kStart), previous.BlockedUntil(kStart));
}

}  // namespace
}  // namespace xplenty::rate_budget_test
