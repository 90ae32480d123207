#include "refresh/refresher.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "refresher_fixture.h"

namespace xplenty::refresher_test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(RefresherTest, RefreshesAtStart) {
  Start();
  source_.gate.AwaitArrivals(1);
  refresher_->WaitForRefresh(Long());
  EXPECT_TRUE(recorder_.view()->initial_sync_complete);
  EXPECT_TRUE(recorder_.view()->state_current);
}

TEST_F(RefresherTest, PublishesTheLedgerAtConstruction) {
  source_.gate.Open(false);
  Start();
  EXPECT_NE(recorder_.view(), nullptr);
}

TEST_F(RefresherTest, SharesOneRefreshAmongConcurrentScrapes) {
  source_.gate.Open(false);
  Start();
  source_.gate.AwaitArrivals(1);
  std::vector<std::jthread> scrapes;
  for (int i = 0; i < 8; ++i) {
    scrapes.emplace_back([this] { refresher_->WaitForRefresh(Long()); });
  }
  source_.gate.Open(true);
  scrapes.clear();
  EXPECT_EQ(recorder_.ended(), 1);
}

TEST_F(RefresherTest, ReturnsAtDeadlineWhileRefreshContinues) {
  source_.gate.Open(false);
  Start();
  source_.gate.AwaitArrivals(1);
  refresher_->WaitForRefresh(AtOnce());
  EXPECT_EQ(recorder_.ended(), 0);
  EXPECT_EQ(recorder_.no_response(), 1);
  source_.gate.Open(true);
  refresher_->WaitForRefresh(Long());
  EXPECT_EQ(recorder_.ended(), 1);
  EXPECT_FALSE(recorder_.failed());
}

TEST_F(RefresherTest, OneResponsePreventsOnNoResponse) {
  Start();
  refresher_->WaitForRefresh(Long());
  clock_.Advance(seconds(11));
  source_.gate.Open(false);
  const int previous = source_.gate.arrived();
  std::jthread scrape([this] { refresher_->WaitForRefresh(Long()); });
  source_.gate.AwaitArrivals(previous + 1);
  source_.gate.Open(true);
  scrape.join();
  refresher_->WaitForRefresh(AtOnce());
  EXPECT_EQ(recorder_.no_response(), 0);
}

TEST_F(RefresherTest, LogsNewSeriesOnceADay) {
  Start();
  Scrape();
  const auto run = [&](int64_t id) {
    Job job = Failed(id);
    job.cluster_id = id;
    job.cluster_name = "c" + std::to_string(id);
    Put(job);
  };
  int64_t id = 0;
  for (int hour = 0; hour < 48; ++hour) {
    run(++id);
    ScrapeAfter(minutes(60));
    const size_t days = (static_cast<size_t>(hour) + 1) / 24;
    ASSERT_EQ(parts_.log.lines().size(), days) << hour;
  }
  EXPECT_EQ(parts_.log.lines().front(),
            "Most runs of the last 24 h made new series, as on clusters of their own "
            "new_series=24 fewer_with=metrics.labels.cluster.replace, or "
            "metrics.labels.cluster.value: none");
}

TEST_F(RefresherTest, StopEndsAllWaits) {
  source_.gate.Open(false);
  Start();
  source_.gate.AwaitArrivals(1);
  std::vector<std::jthread> scrapes;
  for (int i = 0; i < 4; ++i) {
    scrapes.emplace_back([this] { refresher_->WaitForRefresh(Long()); });
  }
  refresher_->RequestStop();
  scrapes.clear();
  refresher_->WaitForRefresh(Long());  // also after the stop
  EXPECT_EQ(recorder_.ended(), 0);
}

TEST_F(RefresherTest, HonoursTheMinimumInterval) {
  Start();
  Scrape();
  const int previous = source_.gate.arrived();
  for (int i = 0; i < 5; ++i) Scrape();
  ScrapeAfter(seconds(9));
  EXPECT_EQ(source_.gate.arrived(), previous);
  ScrapeAfter(seconds(1));
  EXPECT_EQ(source_.gate.arrived(), previous + 1);
}

TEST_F(RefresherTest, DropsStaleStateAndKeepsCounters) {
  Put(Failed(1));
  Start();
  Scrape();
  ScrapeAfter(seconds(20));
  const uint64_t failures = Failures();
  SetFails(true);
  ScrapeAfter(minutes(4));
  EXPECT_TRUE(recorder_.failed());
  EXPECT_TRUE(recorder_.view()->state_current);
  ScrapeAfter(minutes(1));
  EXPECT_FALSE(recorder_.view()->state_current);
  EXPECT_TRUE(recorder_.view()->initial_sync_complete);
  EXPECT_EQ(Failures(), failures);
  SetFails(false);
  ScrapeAfter(seconds(20));
  EXPECT_TRUE(recorder_.view()->state_current);
}

TEST_F(RefresherTest, DropsStaleStateDuringAHangingRefresh) {
  Start();
  Scrape();
  source_.gate.Open(false);
  const int previous = source_.gate.arrived();
  clock_.Advance(minutes(6));
  refresher_->WaitForRefresh(AtOnce());
  source_.gate.AwaitArrivals(previous + 1);
  EXPECT_FALSE(recorder_.view()->state_current);
}

TEST_F(RefresherTest, StopDoesNotReportNoResponse) {
  source_.gate.Open(false);
  Start();
  source_.gate.AwaitArrivals(1);
  std::jthread scrape([this] { refresher_->WaitForRefresh(Long()); });
  refresher_->RequestStop();
  scrape.join();
  refresher_->WaitForRefresh(Long());
  EXPECT_EQ(recorder_.no_response(), 0);
}

TEST_F(RefresherTest, ContinuesViewVersionsAfterMidnight) {
  parts_.options.memory_only = true;
  Start();
  Scrape();
  ScrapeAfter(minutes(1));
  const auto yesterday = recorder_.view();
  ScrapeAfter(std::chrono::hours(24));
  const auto today = recorder_.view();
  EXPECT_GT(*today->count_from, *yesterday->count_from);
  EXPECT_GT(today->version, yesterday->version);
  Put(Failed(1));
  clock_.Advance(seconds(10));
  refresher_->WaitForRefresh(Long());  // published, but not yet scraped
  refresher_->RecordScraped(*yesterday);
  clock_.Advance(minutes(2));
  refresher_->WaitForRefresh(Long());
  EXPECT_EQ(Failures(), 0U);
}

TEST_F(RefresherTest, NewSeriesStaysZero) {
  Start();
  Scrape();
  clock_.Advance(seconds(10));
  Put(Failed(1));
  refresher_->WaitForRefresh(Long());  // published, but not yet scraped
  ASSERT_EQ(recorder_.view()->series.size(), 1U);
  EXPECT_EQ(Failures(), 0U);
  clock_.Advance(minutes(2));
  refresher_->WaitForRefresh(Long());
  EXPECT_EQ(Failures(), 0U);
  refresher_->RecordScraped(*recorder_.view());
  ScrapeAfter(seconds(10));
  EXPECT_EQ(Failures(), 1U);
}

TEST_F(RefresherTest, KeepsZeroForTheWholeDelay) {
  Start();
  Scrape();
  clock_.Advance(seconds(10));
  Put(Failed(1));
  Scrape();
  for (int i = 0; i < 5; ++i) {
    ScrapeAfter(seconds(11));
    EXPECT_EQ(Failures(), 0U) << i;
  }
  ScrapeAfter(seconds(11));
  EXPECT_EQ(Failures(), 1U);
}

}  // namespace
}  // namespace xplenty::refresher_test
