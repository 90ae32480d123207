#include <atomic>
#include <functional>
#include <semaphore>
#include <thread>

#include <gtest/gtest.h>

#include "refresh/refresher.h"
#include "refresh_fixture.h"

namespace xplenty::stale_state_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

SteadyTime Long() {
  return std::chrono::steady_clock::now() + minutes(10);
}

// Chooses the response by the number of the request.
class Script final : public PageSource {
 public:
  using Responses = std::function<Result<Page, ApiError>(int, const PageRequest&)>;
  explicit Script(Responses responses) : responses_(std::move(responses)) {}
  Result<Page, ApiError> Fetch(const PageRequest& request, const RequestLimits&) override {
    return responses_(sent_++, request);
  }

 private:
  const Responses responses_;
  int sent_ = 0;
};

class Watcher final : public RefreshObserver {
 public:
  ViewSink Sink() {
    return [this](std::shared_ptr<const AccountView> view) {
      const MutexLock lock(mutex_);
      view_ = std::move(view);
      if (view_->state_current) last_current_ = view_;
      changed_.notify_all();
    };
  }
  void OnRefreshEnd(const RefreshEnd& end) override {
    const MutexLock lock(mutex_);
    ++ended_;
    up_ = end.error == nullptr;
  }
  void OnNoResponse() override {
    const MutexLock lock(mutex_);
    up_ = false;
  }
  // Waits for a view with (or without) current state; returns null if there is none in time.
  std::shared_ptr<const AccountView> AwaitState(bool current) {
    MutexLock lock(mutex_);
    while (!view_ || view_->state_current != current) {
      if (changed_.wait_until(lock, Long()) == std::cv_status::timeout) return nullptr;
    }
    return view_;
  }
  // The last view that had current state.
  std::shared_ptr<const AccountView> last_current() {
    const MutexLock lock(mutex_);
    return last_current_;
  }
  int ended() {
    const MutexLock lock(mutex_);
    return ended_;
  }
  bool up() {
    const MutexLock lock(mutex_);
    return up_;
  }

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::shared_ptr<const AccountView> view_ GUARDED_BY(mutex_);
  std::shared_ptr<const AccountView> last_current_ GUARDED_BY(mutex_);
  int ended_ GUARDED_BY(mutex_) = 0;
  bool up_ GUARDED_BY(mutex_) = false;
};

ApiError Broken(std::optional<seconds> retry_after = {}) {
  return {.error = {ErrorCode::kHttp, "failed"}, .http_status = 503, .retry_after = retry_after};
}

class P7ApiFails : public testing::Test {
 protected:
  void Start(Clock& clock, Script::Responses responses) {
    source_ = std::make_unique<Script>(std::move(responses));
    auto ledger = Ledger::Open(parts_.ledger_options);
    ASSERT_TRUE(ledger);
    auto refresh = std::make_unique<AccountRefresh>(*source_, parts_.stats, std::move(*ledger),
                                                    clock, parts_.log, parts_.options);
    refresher_ = std::make_unique<Refresher>(std::move(refresh), parts_.stats, clock, parts_.log,
                                             watcher_.Sink(), watcher_, parts_.options);
  }
  Page Answer(const PageRequest& request) {
    Page page = server_.Answer(request);
    page.server_time = std::chrono::floor<seconds>(fake_clock_.Wall());
    return page;
  }
  void PutCompleted(int64_t count) {
    const auto now = std::chrono::floor<seconds>(fake_clock_.Wall());
    for (int64_t id = 1; id <= count; ++id) {
      Job job = MakeJob(id, JobStatus::kCompleted, now - seconds(1000) + seconds(id));
      job.completed_at = job.updated_at;
      server_.jobs[id] = job;
    }
  }

  FakeClock fake_clock_;
  SystemClock system_clock_;
  ListServer server_;
  Exporter parts_{server_, fake_clock_, false};
  Watcher watcher_;
  std::unique_ptr<Script> source_;
  std::unique_ptr<Refresher> refresher_;
};

// The API requires a wait of an hour, so no other refresh ends; nothing scrapes either.
TEST_F(P7ApiFails, StateVanishesWithoutAnotherRefresh) {
  parts_.options.min_interval = milliseconds(0);
  parts_.options.stale_after = milliseconds(300);
  PutCompleted(2);
  std::atomic<bool> fails = false;
  Start(system_clock_, [&](int, const PageRequest& request) -> Result<Page, ApiError> {
    if (fails) return Broken(seconds(3600));
    return Answer(request);
  });
  // On a busy machine the first states may be stale before they are published.
  while (!watcher_.last_current()) refresher_->WaitForRefresh(Long());
  EXPECT_TRUE(watcher_.up());
  const auto previous = watcher_.last_current();
  fails = true;
  refresher_->WaitForRefresh(Long());
  EXPECT_FALSE(watcher_.up());
  const int ended = watcher_.ended();
  const auto after = watcher_.AwaitState(false);
  ASSERT_TRUE(previous && after);
  EXPECT_EQ(watcher_.ended(), ended);
  EXPECT_EQ(FiguresOf(*after), FiguresOf(*previous));
}

TEST_F(P7ApiFails, StateVanishesDuringASlowRefresh) {
  PutCompleted(2);
  std::atomic<bool> slow = false;
  std::binary_semaphore seen(0);
  Start(fake_clock_, [&, pages = 0](int, const PageRequest& request) mutable {
    if (slow) {
      fake_clock_.Advance(minutes(1));
      if (++pages == 30) seen.acquire();  // the refresh continues when the test allows it
    }
    return Result<Page, ApiError>(Answer(request));
  });
  refresher_->WaitForRefresh(Long());
  ASSERT_TRUE(watcher_.AwaitState(true));
  PutCompleted(200);
  slow = true;
  fake_clock_.Advance(seconds(20));
  const int ended = watcher_.ended();
  std::jthread scrape([this] { refresher_->WaitForRefresh(Long()); });
  EXPECT_TRUE(watcher_.AwaitState(false));
  EXPECT_EQ(watcher_.ended(), ended);
  seen.release();
}

TEST_F(P7ApiFails, UpIsZeroAndCountersStay) {
  PutCompleted(2);
  std::atomic<bool> fails = false;
  Start(fake_clock_, [&](int, const PageRequest& request) -> Result<Page, ApiError> {
    if (fails) return Broken();
    return Answer(request);
  });
  refresher_->WaitForRefresh(Long());
  EXPECT_TRUE(watcher_.up());
  const auto previous = watcher_.AwaitState(true);
  fails = true;
  fake_clock_.Advance(seconds(10));
  refresher_->WaitForRefresh(Long());
  EXPECT_FALSE(watcher_.up());
  const auto after = watcher_.AwaitState(true);
  ASSERT_TRUE(previous && after);
  EXPECT_EQ(FiguresOf(*after), FiguresOf(*previous));
}

}  // namespace
}  // namespace xplenty::stale_state_test
