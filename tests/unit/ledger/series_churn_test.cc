#include "ledger/series_churn.h"

#include <chrono>

#include <gtest/gtest.h>

#include "ledger_fixture.h"

namespace xplenty::series_churn_test {
namespace {

using std::chrono::hours;

class SeriesChurnTest : public testing::Test {
 protected:
  uint64_t NewInADay(Timestamp now) {
    churn_.SetTime(now);
    AccountView view;
    churn_.FillView(view);
    return view.daily_new_series;
  }

  SeriesChurn churn_{7};
};

TEST_F(SeriesChurnTest, AddsUpSamples) {
  churn_.Add({.created = 3, .evicted = 2, .finished_jobs = 1}, kNow);
  churn_.Add({.created = 1, .evicted = 1, .finished_jobs = 1}, kNow + hours(48));
  AccountView view;
  churn_.FillView(view);
  EXPECT_EQ(view.created_series, 4U * 7);
  EXPECT_EQ(view.evicted_series, 3U * 7);
}

TEST_F(SeriesChurnTest, ReportsDaysOfMostlyNewOnes) {
  churn_.Add({.created = 20, .finished_jobs = 39}, kNow);
  EXPECT_EQ(NewInADay(kNow), 20U * 7);
  churn_.Add({.finished_jobs = 1}, kNow + hours(1));
  EXPECT_EQ(NewInADay(kNow + hours(1)), 0U) << "as many jobs return as make new ones";
}

TEST_F(SeriesChurnTest, IgnoresAFewNewOnes) {
  churn_.Add({.created = 9, .finished_jobs = 9}, kNow);
  EXPECT_EQ(NewInADay(kNow), 0U);
  churn_.Add({.created = 1, .finished_jobs = 1}, kNow);
  EXPECT_EQ(NewInADay(kNow), 10U * 7);
}

TEST_F(SeriesChurnTest, ForgetsAfterADay) {
  churn_.Add({.created = 20}, kNow);
  EXPECT_TRUE(churn_.SetTime(kNow)) << "the view differs";
  EXPECT_FALSE(churn_.SetTime(kNow + hours(23)));
  EXPECT_EQ(NewInADay(kNow + hours(23)), 20U * 7);
  EXPECT_EQ(NewInADay(kNow + hours(24)), 0U);
}

TEST_F(SeriesChurnTest, GoesOnWithOtherCosts) {
  SeriesChurn earlier(5);
  earlier.Add({.created = 20}, kNow);
  churn_.CopyFrom(earlier);
  churn_.Add({.created = 1}, kNow);
  AccountView view;
  churn_.FillView(view);
  EXPECT_EQ(view.created_series, 20U * 5 + 7);
  EXPECT_EQ(NewInADay(kNow), 21U * 7);
}

}  // namespace
}  // namespace xplenty::series_churn_test
