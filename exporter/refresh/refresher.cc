#include "refresh/refresher.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/duration.h"

namespace xplenty {
namespace {

constexpr std::chrono::hours kChurnLogInterval(24);

}  // namespace

Refresher::Refresher(std::unique_ptr<AccountRefresh> refresh, const RequestStats& stats,
                     Clock& clock, Logger& logger, ViewSink publish, RefreshObserver& observer,
                     const RefreshOptions& options, const Refresher* previous)
    : refresh_(std::move(refresh)),
      stats_(stats),
      clock_(clock),
      logger_(logger),
      publish_(std::move(publish)),
      observer_(observer),
      options_(options),
      scheduler_(stats.budget(), options.min_interval),
      zero_first_(options.zero_hold),
      next_churn_log_(clock.Steady() + kChurnLogInterval) {
  if (previous != nullptr) {
    next_churn_log_ = previous->next_churn_log_;
    last_success_ = previous->last_success_;
    failing_ = previous->failing_;
  }
  refresh_->SetBeforePage([this](const std::stop_token& stop) { WaitForToken(stop); });
  Publish();  // what the ledger remembers, before any scrape is served
  stale_at_ = StaleAt();
  thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
}

Refresher::~Refresher() {
  RequestStop();
}

void Refresher::RequestStop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  thread_.request_stop();
  changed_.notify_all();
}

void Refresher::Pause() {
  RequestStop();
  if (thread_.joinable()) thread_.join();
}

void Refresher::Resume() {
  {
    const MutexLock lock(mutex_);
    stopping_ = running_ = awaits_response_ = false;
    requested_ = true;
    token_ready_at_ = {};
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
}

bool Refresher::RequestIfDue() {
  if (running_ || requested_) return true;
  if (clock_.Steady() < next_due_) return false;
  requested_ = true;
  changed_.notify_all();
  return true;
}

void Refresher::RequestRefresh() {
  const MutexLock lock(mutex_);
  RequestIfDue();
}

void Refresher::WaitForRefresh(SteadyTime deadline) {
  MutexLock lock(mutex_);
  if (!RequestIfDue()) return;
  const uint64_t target = ended_ + 1;
  WaitForEnd(lock, deadline);
  const bool timed_out = ended_ < target && !stopping_ && token_ready_at_ < deadline;
  if (timed_out && awaits_response_ && refresh_->pages_read() == pages_at_start_) {
    observer_.OnNoResponse();
  }
}

void Refresher::WaitForRefreshBounded(SteadyTime start, SteadyTime deadline) {
  constexpr int kMaxWaitFactor = 4;
  constexpr std::chrono::seconds kMinWait(1);
  MutexLock lock(mutex_);
  if (!RequestIfDue()) return;
  // The running refresh is as old as the longest wait of a scrape of this account alone.
  const bool no_response = running_ && awaits_response_ &&
                           start - running_since_ >= deadline - start &&
                           refresh_->pages_read() == pages_at_start_;
  if (no_response) observer_.OnNoResponse();
  if (!keep_waiting_) return;
  const uint64_t target = ended_ + 1;
  if (usual_duration_ < deadline - start) {
    deadline = std::min(deadline, start + std::max<SteadyTime::duration>(
                                              kMaxWaitFactor * usual_duration_, kMinWait));
  }
  WaitForEnd(lock, deadline);
  if (ended_ < target) keep_waiting_ = false;
}

// Waits until the requested or running refresh ends.
void Refresher::WaitForEnd(MutexLock& lock, SteadyTime deadline) {
  const uint64_t target = ended_ + 1;
  while (ended_ < target && !stopping_ && token_ready_at_ < deadline) {
    if (changed_.wait_until(lock.native(), deadline) == std::cv_status::timeout) break;
  }
}

void Refresher::RecordScraped(const AccountView& view) {
  uint64_t known = scraped_version_;
  while (known < view.version && !scraped_version_.compare_exchange_weak(known, view.version)) {
  }
}

void Refresher::Loop(const std::stop_token& stop) {
  while (WaitForWork(stop)) RefreshOnce(stop);
}

// Reconciles page by page until a refresh is requested. False when the thread must stop.
bool Refresher::WaitForWork(const std::stop_token& stop) {
  bool reconciling = true;
  while (!stop.stop_requested()) {
    {
      MutexLock lock(mutex_);
      while (!requested_ && !stopping_ && !reconciling) {
        if (changed_.wait_until(lock.native(), stale_at_) == std::cv_status::timeout) {
          stale_at_ = SteadyTime::max();
          break;  // to publish a view without stale state gauges
        }
      }
      if (stopping_) return false;
      if (requested_) {
        requested_ = false;
        running_ = awaits_response_ = true;
        running_since_ = clock_.Steady();
        pages_at_start_ = refresh_->pages_read();
        return true;
      }
    }
    const int64_t requests_before = stats_.requests_sent();
    reconciling = refresh_->StepReconcile(stop);
    const SteadyTime now = clock_.Steady();
    if (stats_.requests_sent() != requests_before) {
      reconciling = reconciling && scheduler_.MayContinueReconcile(now);
      const MutexLock lock(mutex_);
      next_due_ = std::max(next_due_, scheduler_.NextRefresh(now));
    }
    if (!reconciling) Publish();
  }
  return false;
}

void Refresher::RefreshOnce(const std::stop_token& stop) {
  Publish();  // without stale state gauges, as the refresh may take long
  const SteadyTime start = clock_.Steady();
  const int64_t requests_before = stats_.requests_sent();
  auto failure = refresh_->Run(stop);
  if (stop.stop_requested()) return;
  const SteadyTime end = clock_.Steady();
  if (!failure) last_success_ = end;

  if (const auto releasable = zero_first_.Releasable(scraped_version_, end)) {
    if (auto status = refresh_->ledger().ReleaseZeroFirst(*releasable); status) {
      zero_first_.RecordReleased(*releasable);
    } else if (!failure) {
      failure = AccountRefresh::Failure{.error = status.error().In("new series stay at zero"),
                                        .retry_after = {}};
    }
  }
  Publish();
  {
    const MutexLock lock(mutex_);
    awaits_response_ = false;
  }
  observer_.OnRefreshEnd({.error = failure ? &failure->error : nullptr,
                          .took = end - start,
                          .server_time = refresh_->server_time()});
  LogResult(failure);
  LogChurn(end);
  // The next refresh may be far away, as after a Retry-After.
  stale_at_ = failure ? StaleAt() : SteadyTime::max();
  const SteadyTime due =
      scheduler_.NextAfter(start, end, stats_.requests_sent() - requests_before, failure);
  if (due > end + options_.min_interval) {
    logger_.Debug("Refreshes are spread out",
                  {{"wait", FormatDuration(std::chrono::ceil<std::chrono::seconds>(due - end))}});
  }
  {
    const MutexLock lock(mutex_);
    running_ = false;
    keep_waiting_ = !failure;
    if (!failure) usual_duration_ = end - start;
    ++ended_;
    next_due_ = due;
  }
  changed_.notify_all();
}

// A failure that lasts is logged once.
void Refresher::LogResult(const std::optional<AccountRefresh::Failure>& failure) {
  std::optional<ErrorCode> code;
  if (failure) code = failure->error.code;
  const bool changed = std::exchange(failing_, code) != code;
  if (failure) {
    logger_.Log(changed ? LogLevel::kWarn : LogLevel::kDebug, "Refresh failed",
                {{"err", failure->error.message}});
  } else if (changed) {
    logger_.Info("Refresh works again");
  }
}

// Reports once a day how many series are new, where most runs make some.
void Refresher::LogChurn(SteadyTime now) {
  if (now < next_churn_log_) return;
  next_churn_log_ = now + kChurnLogInterval;
  if (!published_ || published_->daily_new_series == 0) return;
  logger_.Info("Most runs of the last 24 h made new series, as on clusters of their own",
               {{"new_series", std::to_string(published_->daily_new_series)},
                {"fewer_with", SettingForFewerSeries(published_->labels)}});
}

void Refresher::Publish() {
  const SteadyTime now = clock_.Steady();
  const bool state_current =
      refresh_->completed_once() && last_success_ && now - *last_success_ < options_.stale_after;
  auto view = refresh_->ledger().View(state_current);
  // The view of a new day's ledger replaces the old one once its initial sync is complete.
  const bool whole =
      view->initial_sync_complete || !published_ || !published_->initial_sync_complete;
  if (view == published_ || !whole) return;
  publish_(view);
  zero_first_.RecordPublished(view->version, clock_.Steady());
  published_ = std::move(view);
}

// When the published state gauges become stale, unless a refresh completes before that.
SteadyTime Refresher::StaleAt() const {
  if (!published_ || !published_->state_current) return SteadyTime::max();
  return *last_success_ + options_.stale_after;
}

// Waits, before each page of a refresh, until the rate budget has a token.
void Refresher::WaitForToken(const std::stop_token& stop) {
  refresh_->RecordScraped(scraped_version_);
  while (!stop.stop_requested()) {
    const SteadyTime now = clock_.Steady();
    if (now >= StaleAt()) Publish();
    const SteadyTime token_ready = scheduler_.NextPage(now);
    {
      const MutexLock lock(mutex_);
      token_ready_at_ = token_ready > now ? token_ready : SteadyTime{};
    }
    if (token_ready <= now) return;
    // The wait may take up to an hour; readiness must not depend on it.
    if (!refresh_->completed_once()) observer_.OnNoResponse();
    changed_.notify_all();
    clock_.SleepUntil(std::min(token_ready, StaleAt()), stop);
  }
}

}  // namespace xplenty
