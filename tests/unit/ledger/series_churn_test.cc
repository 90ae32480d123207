#include "ledger/series_churn.h"

#include <chrono>

#include <gtest/gtest.h>

namespace xplenty::series_churn_test {
namespace {

using std::chrono::hours;

constexpr Timestamp kStart = FromUnix(1'000'000'000);

TEST(SeriesChurn, CountsTheLast24Hours) {
  SeriesChurn churn;
  EXPECT_EQ(churn.LastDay(kStart), SeriesCounts());
  churn.Record(kStart, /*is_new=*/true);
  churn.Record(kStart, /*is_new=*/false);
  churn.Record(kStart + hours(5), /*is_new=*/true);
  EXPECT_EQ(churn.LastDay(kStart + hours(23)), (SeriesCounts{.created = 2, .returned = 1}));
  EXPECT_EQ(churn.LastDay(kStart + hours(24)), (SeriesCounts{.created = 1, .returned = 0}));
  EXPECT_EQ(churn.LastDay(kStart + hours(24 * 9)), SeriesCounts());
}

TEST(SeriesChurn, CountsNewOnesFromTheStart) {
  SeriesChurn churn;
  for (int day = 0; day < 9; ++day) churn.Record(kStart + hours(24 * day), /*is_new=*/true);
  churn.Record(kStart + hours(24 * 8), /*is_new=*/false);
  EXPECT_EQ(churn.created(), 9U);
  EXPECT_EQ(churn.LastDay(kStart + hours(24 * 8)), (SeriesCounts{.created = 1, .returned = 1}));
}

}  // namespace
}  // namespace xplenty::series_churn_test
