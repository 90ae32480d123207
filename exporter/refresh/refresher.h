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

// Runs the refreshes of one account on a thread of its own, on demand of scrapes and at start-up.
class Refresher {
 public:
  // `before`: a paused one whose place it takes, so that what is shown goes on; null: nobody's.
  // What is given by reference must outlive this, `before` need not.
  Refresher(std::unique_ptr<AccountRefresh> refresh, const RequestStats& stats, Clock& clock,
            Logger& logger, RefreshObserver& observer, const RefreshOptions& options,
            const Refresher* previous = nullptr);
  // Stops at once: a request under way is cancelled.
  ~Refresher();
  Refresher(const Refresher&) = delete;
  Refresher& operator=(const Refresher&) = delete;

  // Makes sure that what is published is no older than the minimum interval: starts a refresh, or
  // joins the one under way, and waits until it ends, however it ends, or until the deadline; it
  // goes on behind a deadline. Waits for none whose next page must wait beyond the deadline for the
  // rate budget. Safe from any thread.
  void WaitForRefresh(SteadyTime deadline);

  // The same for a scrape of several accounts that began at `start`, which this one must not hold
  // up: waits no longer than a refresh usually takes (some times the last one that completed, or a
  // second), and not at all while refreshes fail or the one under way has outlasted an earlier
  // wait.
  void WaitForRefreshBounded(SteadyTime start, SteadyTime deadline);

  // The same without waiting.
  void RequestRefresh();

  // A scrape was served of this view. Safe from any thread.
  void RecordScraped(const AccountView& view);

  // Ends waits and the refresh under way. Safe from any thread.
  void RequestStop();

  // The same, and returns when nothing uses the ledger any more. Not safe together with itself.
  void Pause();
  // Goes on, with a refresh at once, after Pause().
  void Resume();

  // Only while it is paused.
  const AccountRefresh& refresh() const { return *refresh_; }
  Ledger& ledger() { return refresh_->ledger(); }

 private:
  // False: what is published is fresh enough.
  bool RequestIfDue() REQUIRES(mutex_);
  void WaitForEnd(MutexLock& lock, SteadyTime deadline) REQUIRES(mutex_);
  void Loop(const std::stop_token& stop);
  bool WaitForWork(const std::stop_token& stop);
  void RefreshOnce(const std::stop_token& stop);
  void LogResult(const std::optional<AccountRefresh::Failure>& failure);
  void Publish();
  void WaitForToken(const std::stop_token& stop);
  SteadyTime StaleAt() const;

  const std::unique_ptr<AccountRefresh> refresh_;
  const RequestStats& stats_;
  Clock& clock_;
  Logger& logger_;
  RefreshObserver& observer_;
  const RefreshOptions options_;

  // Of the thread alone.
  RefreshScheduler scheduler_;
  ZeroFirstTimer zero_first_;
  std::shared_ptr<const AccountView> published_;
  std::optional<SteadyTime> last_success_;
  SteadyTime stale_at_ = SteadyTime::max();  // when state goes that the API does not confirm
  std::optional<ErrorCode> failing_;         // with what

  std::atomic<uint64_t> scraped_version_ = 0;

  Mutex mutex_;
  std::condition_variable changed_;
  bool requested_ GUARDED_BY(mutex_) = true;  // the first one, at start-up
  bool running_ GUARDED_BY(mutex_) = false;
  bool awaits_response_ GUARDED_BY(mutex_) = false;  // running, and its end not yet told
  bool stopping_ GUARDED_BY(mutex_) = false;
  uint64_t pages_at_start_ GUARDED_BY(mutex_) = 0;  // read before the one that runs
  uint64_t ended_ GUARDED_BY(mutex_) = 0;
  SteadyTime running_since_ GUARDED_BY(mutex_){};  // of the one that runs
  SteadyTime::duration usual_duration_ GUARDED_BY(mutex_) =
      SteadyTime::duration::max();               // none yet
  bool keep_waiting_ GUARDED_BY(mutex_) = true;  // the last one neither failed nor is overdue
  SteadyTime next_due_ GUARDED_BY(mutex_){};
  SteadyTime token_ready_at_ GUARDED_BY(mutex_){};  // of the page that the running one waits for

  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace xplenty
