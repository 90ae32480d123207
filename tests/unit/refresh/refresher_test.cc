#include "refresh/refresher.h"

#include <condition_variable>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "refresh_fixture.h"

namespace xplenty {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// Long enough for what must happen; never waited for in full when all is well.
SteadyTime Long() {
  return std::chrono::steady_clock::now() + seconds(60);
}
SteadyTime AtOnce() {
  return std::chrono::steady_clock::now();
}

// Lets pages through while it is open; a stop ends a wait. Counts the fetches that have begun.
class Gate {
 public:
  void Open(bool open) {
    {
      const MutexLock lock(mutex_);
      open_ = open;
    }
    changed_.notify_all();
  }
  bool Pass(const std::stop_token& stop) {
    MutexLock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    const std::stop_callback wake(stop, [this] { changed_.notify_all(); });
    while (!open_ && !stop.stop_requested()) {
      changed_.wait_until(lock, std::chrono::steady_clock::now() + std::chrono::milliseconds(50));
    }
    return open_;
  }
  void AwaitArrivals(int count) {
    MutexLock lock(mutex_);
    while (arrived_ < count) changed_.wait(lock);
  }
  int arrived() {
    const MutexLock lock(mutex_);
    return arrived_;
  }

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool open_ GUARDED_BY(mutex_) = true;
  int arrived_ GUARDED_BY(mutex_) = 0;
};

class GatedSource final : public PageSource {
 public:
  explicit GatedSource(const Clock& clock) : clock_(clock) {}
  Result<Page, ApiError> Fetch(const PageRequest& request, const RequestLimits& limits) override {
    if (!gate.Pass(limits.stop)) return Failed(ErrorCode::kCancelled);
    const MutexLock lock(mutex);
    if (fails) return Failed(ErrorCode::kNetwork);
    Page page = server.Answer(request);
    page.server_time = std::chrono::floor<seconds>(clock_.Wall());
    return page;
  }
  Gate gate;
  Mutex mutex;
  ListServer server GUARDED_BY(mutex){.page_size = 100};
  bool fails GUARDED_BY(mutex) = false;

 private:
  static ApiError Failed(ErrorCode code) {
    return {.error = {code, "failed"}, .http_status = 0, .retry_after = {}};
  }
  const Clock& clock_;
};

class Recorder final : public RefreshObserver {
 public:
  void OnView(std::shared_ptr<const AccountView> view) override {
    const MutexLock lock(mutex_);
    view_ = std::move(view);
  }
  void OnRefreshEnd(const RefreshEnd& end) override {
    const MutexLock lock(mutex_);
    ++ended_;
    failed_ = end.error != nullptr;
  }
  void OnNoAnswer() override {
    const MutexLock lock(mutex_);
    ++no_answer_;
  }
  std::shared_ptr<const AccountView> view() {
    const MutexLock lock(mutex_);
    return view_;
  }
  int ended() {
    const MutexLock lock(mutex_);
    return ended_;
  }
  bool failed() {
    const MutexLock lock(mutex_);
    return failed_;
  }
  int no_answer() {
    const MutexLock lock(mutex_);
    return no_answer_;
  }

 private:
  Mutex mutex_;
  std::shared_ptr<const AccountView> view_ GUARDED_BY(mutex_);
  int ended_ GUARDED_BY(mutex_) = 0;
  bool failed_ GUARDED_BY(mutex_) = false;
  int no_answer_ GUARDED_BY(mutex_) = 0;
};

class RefresherTest : public testing::Test {
 protected:
  ~RefresherTest() override { refresher_.reset(); }

  void Start() {
    parts_.ledger_options.hold_new_series = true;
    auto open = [this] { return Ledger::Open(parts_.ledger_options); };
    auto ledger = open();
    ASSERT_TRUE(ledger);
    auto refresh = std::make_unique<AccountRefresh>(source_, parts_.meter, std::move(*ledger), open,
                                                    clock_, parts_.no_log, parts_.options);
    refresher_ = std::make_unique<Refresher>(std::move(refresh), parts_.meter, clock_,
                                             parts_.no_log, recorder_, parts_.options);
  }
  // What a scrape does.
  void Scrape() {
    refresher_->AwaitFresh(Long());
    refresher_->NoteScraped(*recorder_.view());
  }
  void ScrapeAfter(seconds time) {
    clock_.Advance(time);
    Scrape();
  }
  void Put(const Job& job) {
    const MutexLock lock(source_.mutex);
    source_.server.jobs[job.id] = job;
  }
  void SetFails(bool fails) {
    const MutexLock lock(source_.mutex);
    source_.fails = fails;
  }
  Timestamp Now() const { return std::chrono::floor<seconds>(clock_.Wall()); }
  Job Failed(int64_t id) {
    Job job = MakeJob(id, JobStatus::kFailed, Now());
    job.failed_at = Now();
    return job;
  }
  uint64_t Failures() {
    const auto view = recorder_.view();
    return view->series.empty() ? 0 : view->series[0]->counters.finished[1];
  }

  FakeClock clock_;
  ListServer unused_;
  Exporter parts_{unused_, clock_, false};
  GatedSource source_{clock_};
  Recorder recorder_;
  std::unique_ptr<Refresher> refresher_;
};

TEST_F(RefresherTest, RefreshesAtStartUpWithoutBeingAsked) {
  Start();
  source_.gate.AwaitArrivals(1);
  refresher_->AwaitFresh(Long());
  EXPECT_TRUE(recorder_.view()->counted);
  EXPECT_TRUE(recorder_.view()->state_current);
}

TEST_F(RefresherTest, HasPublishedWhatTheLedgerRemembersWhenItIsMade) {
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
    scrapes.emplace_back([this] { refresher_->AwaitFresh(Long()); });
  }
  source_.gate.Open(true);
  scrapes.clear();
  EXPECT_EQ(recorder_.ended(), 1);
}

TEST_F(RefresherTest, ReturnsAtTheDeadlineWhileTheRefreshGoesOn) {
  source_.gate.Open(false);
  Start();
  source_.gate.AwaitArrivals(1);
  refresher_->AwaitFresh(AtOnce());
  EXPECT_EQ(recorder_.ended(), 0);
  EXPECT_EQ(recorder_.no_answer(), 1);
  source_.gate.Open(true);
  refresher_->AwaitFresh(Long());
  EXPECT_EQ(recorder_.ended(), 1);
  EXPECT_FALSE(recorder_.failed());
}

TEST_F(RefresherTest, DoesNotSayNoAnswerOnceAnythingWasAnswered) {
  Start();
  refresher_->AwaitFresh(Long());
  clock_.Advance(seconds(11));
  source_.gate.Open(false);
  const int before = source_.gate.arrived();
  std::jthread scrape([this] { refresher_->AwaitFresh(Long()); });
  source_.gate.AwaitArrivals(before + 1);
  source_.gate.Open(true);
  scrape.join();
  refresher_->AwaitFresh(AtOnce());
  EXPECT_EQ(recorder_.no_answer(), 0);
}

TEST_F(RefresherTest, EndsAllWaitsAtOnceOnAStop) {
  source_.gate.Open(false);
  Start();
  source_.gate.AwaitArrivals(1);
  std::vector<std::jthread> scrapes;
  for (int i = 0; i < 4; ++i) {
    scrapes.emplace_back([this] { refresher_->AwaitFresh(Long()); });
  }
  refresher_->RequestStop();
  scrapes.clear();
  refresher_->AwaitFresh(Long());  // after it too
  EXPECT_EQ(recorder_.ended(), 0);
}

TEST_F(RefresherTest, RefreshesNoMoreOftenThanTheMinimumInterval) {
  Start();
  Scrape();
  const int before = source_.gate.arrived();
  for (int i = 0; i < 5; ++i) Scrape();
  ScrapeAfter(seconds(9));
  EXPECT_EQ(source_.gate.arrived(), before);
  ScrapeAfter(seconds(1));
  EXPECT_EQ(source_.gate.arrived(), before + 1);
}

TEST_F(RefresherTest, GivesUpTheStateOfNowWhenItIsStaleButKeepsTheCounters) {
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
  EXPECT_TRUE(recorder_.view()->counted);
  EXPECT_EQ(Failures(), failures);
  SetFails(false);
  ScrapeAfter(seconds(20));
  EXPECT_TRUE(recorder_.view()->state_current);
}

TEST_F(RefresherTest, GivesUpAStaleStateWhileARefreshHangs) {
  Start();
  Scrape();
  source_.gate.Open(false);
  const int before = source_.gate.arrived();
  clock_.Advance(minutes(6));
  refresher_->AwaitFresh(AtOnce());
  source_.gate.AwaitArrivals(before + 1);
  EXPECT_FALSE(recorder_.view()->state_current);
}

TEST_F(RefresherTest, TellsOfNoMissingAnswerWhenAStopEndsTheWait) {
  source_.gate.Open(false);
  Start();
  source_.gate.AwaitArrivals(1);
  std::jthread scrape([this] { refresher_->AwaitFresh(Long()); });
  refresher_->RequestStop();
  scrape.join();
  refresher_->AwaitFresh(Long());
  EXPECT_EQ(recorder_.no_answer(), 0);
}

TEST_F(RefresherTest, GoesOnNumberingViewsAtMidnightSoThatYesterdaysScrapesReleaseNothing) {
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
  refresher_->AwaitFresh(Long());  // published, but no scrape was served of it
  refresher_->NoteScraped(*yesterday);
  clock_.Advance(minutes(2));
  refresher_->AwaitFresh(Long());
  EXPECT_EQ(Failures(), 0U);
}

TEST_F(RefresherTest, ShowsANewSeriesAtZeroUntilItWasScrapedAndTheHoldHasPassed) {
  Start();
  Scrape();
  clock_.Advance(seconds(10));
  Put(Failed(1));
  refresher_->AwaitFresh(Long());  // published, but no scrape was served of it
  ASSERT_EQ(recorder_.view()->series.size(), 1U);
  EXPECT_EQ(Failures(), 0U);
  clock_.Advance(minutes(2));
  refresher_->AwaitFresh(Long());
  EXPECT_EQ(Failures(), 0U);
  refresher_->NoteScraped(*recorder_.view());
  ScrapeAfter(seconds(10));
  EXPECT_EQ(Failures(), 1U);
}

TEST_F(RefresherTest, HoldsANewSeriesForTheWholeHoldHoweverOftenItIsScraped) {
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
}  // namespace xplenty
