#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "refresher_fixture.h"

namespace xplenty::refresher_takeover_test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class RefresherTakeover : public RefresherTest {
 protected:
  // Replaces the refresher as a reload does.
  void TakeOver() {
    refresher_->Pause();
    auto ledger = Ledger::TakeOver(refresher_->ledger(), parts_.ledger_options);
    ASSERT_TRUE(ledger);
    auto refresh =
        std::make_unique<AccountRefresh>(source_, parts_.stats, std::move(*ledger), clock_,
                                         parts_.log, parts_.options, &refresher_->refresh());
    refresher_ =
        std::make_unique<Refresher>(std::move(refresh), parts_.stats, clock_, parts_.log,
                                    recorder_.Sink(), recorder_, parts_.options, refresher_.get());
  }

  // Checks that a scrape of several accounts returns although this account's API hangs and there is
  // time left.
  void ExpectNoWaitAmongOthers() {
    const auto in_an_hour = std::chrono::steady_clock::now() + std::chrono::hours(1);
    const auto scrape = std::async(
        std::launch::async, [&] { refresher_->WaitForRefreshBounded(AtOnce(), in_an_hour); });
    const bool returned = scrape.wait_until(Long()) == std::future_status::ready;
    EXPECT_TRUE(returned);
    if (!returned) source_.gate.Open(true);  // lets the test end
  }
};

TEST_F(RefresherTakeover, RefreshesAtOnceOnResume) {
  Start();
  Scrape();
  refresher_->Pause();
  const int previous = source_.gate.arrived();
  refresher_->WaitForRefresh(Long());  // does not wait
  EXPECT_EQ(source_.gate.arrived(), previous);
  refresher_->Resume();
  Scrape();
  EXPECT_EQ(recorder_.ended(), 2);
  EXPECT_FALSE(recorder_.failed());
}

TEST_F(RefresherTakeover, PauseCancelsAHangingRefresh) {
  source_.gate.Open(false);
  Start();
  source_.gate.AwaitArrivals(1);
  refresher_->Pause();
  source_.gate.Open(true);
  refresher_->Resume();
  Scrape();
  EXPECT_TRUE(recorder_.view()->initial_sync_complete);
}

TEST_F(RefresherTakeover, KeepsStateGaugesWithoutAGap) {
  Put(MakeJob(1, JobStatus::kRunning, Now()));
  Start();
  Scrape();
  source_.gate.Open(false);
  TakeOver();
  const auto view = recorder_.view();
  EXPECT_TRUE(view->state_current);
  ASSERT_EQ(view->unfinished->size(), 1U);
  EXPECT_EQ(view->unfinished->at(0).id, 1);
}

TEST_F(RefresherTakeover, DropsInheritedStateAtStaleAfter) {
  Start();
  Scrape();
  SetFails(true);
  clock_.Advance(minutes(4));
  TakeOver();
  refresher_->WaitForRefresh(Long());
  EXPECT_TRUE(recorder_.view()->state_current);
  ScrapeAfter(minutes(1));
  EXPECT_FALSE(recorder_.view()->state_current);
}

TEST_F(RefresherTakeover, ListsAllUnfinishedJobsAgain) {
  Start();
  Scrape();
  const int previous = source_.gate.arrived();
  TakeOver();
  Scrape();
  EXPECT_GT(source_.gate.arrived() - previous, std::ssize(kListableUnfinishedStatuses));
}

TEST_F(RefresherTakeover, KeepsNewSeriesAtZero) {
  Start();
  Scrape();
  clock_.Advance(seconds(10));
  Put(Failed(1));
  Scrape();
  TakeOver();
  Scrape();
  EXPECT_EQ(Failures(), 0U);
  ScrapeAfter(minutes(1));
  ScrapeAfter(seconds(10));
  EXPECT_EQ(Failures(), 1U);
}

TEST_F(RefresherTakeover, BoundedWaitSkipsAHangingRefresh) {
  // The next refresh is not yet due if this one ends before the wait for it begins.
  parts_.options.min_interval = minutes(20);
  source_.gate.Open(false);
  Start();
  source_.gate.AwaitArrivals(1);
  refresher_->WaitForRefreshBounded(AtOnce(), AtOnce());
  ExpectNoWaitAmongOthers();
  EXPECT_EQ(recorder_.ended(), 0);
  clock_.Advance(minutes(10));  // the time of this refresh; the next one has four times as long
  source_.gate.Open(true);
  refresher_->WaitForRefresh(Long());
  clock_.Advance(minutes(21));
  refresher_->WaitForRefreshBounded(AtOnce(), Long());  // waits for this refresh
  EXPECT_EQ(recorder_.ended(), 2);
}

TEST_F(RefresherTakeover, BoundedWaitSkipsAFailingAccount) {
  SetFails(true);
  Start();
  refresher_->WaitForRefresh(Long());
  EXPECT_TRUE(recorder_.failed());
  source_.gate.Open(false);
  clock_.Advance(minutes(2));
  const int previous = source_.gate.arrived();
  ExpectNoWaitAmongOthers();
  source_.gate.AwaitArrivals(previous + 1);  // the refresh has begun nevertheless
  EXPECT_EQ(recorder_.ended(), 1);
}

}  // namespace
}  // namespace xplenty::refresher_takeover_test
