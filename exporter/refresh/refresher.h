#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "base/logger.h"
#include "base/mutex.h"
#include "refresh/account_refresh.h"
#include "refresh/refresh_observer.h"
#include "refresh/refresh_scheduler.h"
#include "refresh/zero_first_timer.h"

namespace xplenty {

// Runs the refreshes of one account on its own thread: one at start-up, the others when scrapes ask
// for them (DESIGN: refreshes are driven by scrapes). Publishes each new view to the observer.
class Refresher {
 public:
  // `previous` is the paused refresher that this one replaces at a reload, or null; its state
  // gauges stay current. References must outlive this, `previous` need not.
  Refresher(std::unique_ptr<AccountRefresh> refresh, const RequestStats& stats, Clock& clock,
            Logger& logger, ViewSink publish, RefreshObserver& observer,
            const RefreshOptions& options, const Refresher* previous = nullptr);
  // Stops at once; a request under way is cancelled.
  ~Refresher();
  Refresher(const Refresher&) = delete;
  Refresher& operator=(const Refresher&) = delete;

  // If the published view is older than the minimum interval, starts a refresh or joins the one
  // under way, and waits until it ends, in success or failure, or until the deadline. The refresh
  // continues after the deadline. Returns early when the rate budget delays the next page beyond
  // the deadline. Safe from any thread.
  void WaitForRefresh(SteadyTime deadline);

  // The same for a scrape of several accounts that began at `start`: one account must not delay
  // the others. Waits at most max(1 s, 4 x the last refresh that completed), and not at all while
  // refreshes fail or the one under way has outlasted an earlier wait. Safe from any thread.
  void WaitForRefreshBounded(SteadyTime start, SteadyTime deadline);

  // The same as WaitForRefresh() without waiting. Safe from any thread.
  void RequestRefresh();

  // Records that a scrape was served from this view. Safe from any thread.
  void RecordScraped(const AccountView& view);

  // Ends all waits and the refresh under way. Safe from any thread.
  void RequestStop();

  // RequestStop(), then waits until the thread has ended and nothing uses the ledger. Must not be
  // called by two threads at once.
  void Pause();
  // Continues after Pause(), with a refresh at once.
  void Resume();

  // To be used only while paused.
  const AccountRefresh& refresh() const { return *refresh_; }
  Ledger& ledger() { return refresh_->ledger(); }

 private:
  // False if the published view is fresh enough.
  bool RequestIfDue() REQUIRES(mutex_);
  void WaitForEnd(MutexLock& lock, SteadyTime deadline) REQUIRES(mutex_);
  void Loop(const std::stop_token& stop);
  bool WaitForWork(const std::stop_token& stop);
  void RefreshOnce(const std::stop_token& stop);
  void LogResult(const std::optional<AccountRefresh::Failure>& failure);
  void LogChurn(SteadyTime now);
  void Publish();
  void WaitForToken(const std::stop_token& stop);
  SteadyTime StaleAt() const;

  const std::unique_ptr<AccountRefresh> refresh_;
  const RequestStats& stats_;
  Clock& clock_;
  Logger& logger_;
  const ViewSink publish_;
  RefreshObserver& observer_;
  const RefreshOptions options_;

  // Used by the thread alone.
  RefreshScheduler scheduler_;
  ZeroFirstTimer zero_first_;
  std::shared_ptr<const AccountView> published_;
  std::optional<SteadyTime> last_success_;
  SteadyTime stale_at_ = SteadyTime::max();  // when unconfirmed state gauges vanish
  std::optional<ErrorCode> failing_;         // why refreshes fail; empty while they work
  SteadyTime next_churn_log_;

  std::atomic<uint64_t> scraped_version_ = 0;

  Mutex mutex_;
  std::condition_variable changed_;
  bool requested_ GUARDED_BY(mutex_) = true;  // at start-up too
  bool running_ GUARDED_BY(mutex_) = false;
  // True while a refresh runs whose end has not been reported.
  bool awaits_response_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  uint64_t pages_at_start_ GUARDED_BY(mutex_) = 0;  // pages read before the running refresh
  uint64_t ended_ GUARDED_BY(mutex_) = 0;           // refreshes
  SteadyTime running_since_ GUARDED_BY(mutex_){};
  // Of the last refresh that completed; max() before the first one.
  SteadyTime::duration usual_duration_ GUARDED_BY(mutex_) = SteadyTime::duration::max();
  // False after a refresh that failed or outlasted a scrape's wait.
  bool keep_waiting_ GUARDED_BY(mutex_) = true;
  SteadyTime next_due_ GUARDED_BY(mutex_){};
  // When the rate budget allows the next page of the running refresh; zero when it does already.
  SteadyTime token_ready_at_ GUARDED_BY(mutex_){};

  std::jthread thread_;  // last, as it uses all members above
};

}  // namespace xplenty
