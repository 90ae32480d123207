#include "refresh/refresher.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/duration.h"

namespace xplenty {

Refresher::Refresher(std::unique_ptr<AccountRefresh> refresh, const RequestMeter& meter,
                     Clock& clock, Logger& logger, RefreshObserver& observer,
                     const RefreshOptions& options)
    : refresh_(std::move(refresh)),
      meter_(meter),
      clock_(clock),
      logger_(logger),
      observer_(observer),
      options_(options),
      zero_hold_(options.zero_hold),
      thread_([this](std::stop_token stop) { Loop(std::move(stop)); }) {}

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

void Refresher::AwaitFresh(SteadyTime deadline) {
  MutexLock lock(mutex_);
  if (!running_ && !requested_) {
    const SteadyTime now = clock_.Steady();
    if (now < next_due_) {
      if (now >= stale_at_) {
        stale_at_ = SteadyTime::max();
        withdrawing_ = true;
        changed_.notify_all();
      }
      while (withdrawing_ && !stopping_) {
        if (changed_.wait_until(lock, deadline) == std::cv_status::timeout) break;
      }
      return;
    }
    requested_ = true;
    changed_.notify_all();
  }
  const uint64_t target = ended_ + 1;
  while (ended_ < target && !stopping_) {
    if (changed_.wait_until(lock, deadline) == std::cv_status::timeout) break;
  }
  if (ended_ < target && awaits_answer_ && refresh_->pages_read() == pages_before_) {
    observer_.OnNoAnswer();
  }
}

void Refresher::NoteScraped(const AccountView& view) {
  uint64_t known = scraped_version_;
  while (known < view.version && !scraped_version_.compare_exchange_weak(known, view.version)) {
  }
}

void Refresher::Loop(std::stop_token stop) {
  Publish();  // what the ledger remembers
  while (WaitForWork(stop)) RefreshOnce(stop);
}

// Reconciles page by page while no refresh is asked for. False: stop.
bool Refresher::WaitForWork(std::stop_token stop) {
  bool reconciling = true;
  while (!stop.stop_requested()) {
    bool withdraw = false;
    {
      MutexLock lock(mutex_);
      while (!requested_ && !stopping_ && !reconciling && !withdrawing_) changed_.wait(lock);
      if (stopping_) return false;
      withdraw = withdrawing_;
      if (requested_) {
        requested_ = false;
        running_ = awaits_answer_ = true;
        pages_before_ = refresh_->pages_read();
        return true;
      }
    }
    if (withdraw) {
      WithdrawStaleState();
      continue;
    }
    reconciling = refresh_->StepReconcile(stop);
    if (!reconciling) Publish();
  }
  return false;
}

void Refresher::WithdrawStaleState() {
  Publish();
  {
    const MutexLock lock(mutex_);
    withdrawing_ = false;
  }
  changed_.notify_all();
}

void Refresher::RefreshOnce(std::stop_token stop) {
  const SteadyTime start = clock_.Steady();
  const int64_t requests_before = meter_.requests_sent();
  auto failure = refresh_->Run(stop);
  if (stop.stop_requested()) return;
  const SteadyTime end = clock_.Steady();
  if (!failure) last_success_ = end;

  const auto releasable = zero_hold_.Releasable(scraped_version_, end);
  if (releasable) {
    if (auto done = refresh_->ledger().ReleaseHolds(*releasable); !done) {
      logger_.Error("New series stay at zero", {{"err", done.error().message}});
    }
  }
  Publish();
  {
    const MutexLock lock(mutex_);
    awaits_answer_ = false;
  }
  observer_.OnRefreshEnd(failure ? &failure->error : nullptr, end - start);
  if (failure) {
    logger_.Warn("Refresh failed", {{"err", failure->error.message}});
  } else if (std::exchange(failing_, false)) {
    logger_.Info("Refresh works again");
  }
  failing_ = failure.has_value();
  {
    const MutexLock lock(mutex_);
    running_ = false;
    ++ended_;
    stale_at_ = failure && published_->state_current ? *last_success_ + options_.stale_after
                                                     : SteadyTime::max();
    next_due_ = NextDue(failure, meter_.requests_sent() - requests_before);
  }
  changed_.notify_all();
}

void Refresher::Publish() {
  if (std::exchange(generation_, refresh_->generation()) != refresh_->generation()) {
    zero_hold_ = ZeroHold(options_.zero_hold);
    scraped_version_ = 0;
  }
  const SteadyTime now = clock_.Steady();
  const bool state_current =
      refresh_->completed_once() && last_success_ && now - *last_success_ < options_.stale_after;
  auto view = refresh_->ledger().View(state_current);
  // A new day's ledger takes over when it is whole.
  const bool whole = view->counted || !published_ || !published_->counted;
  if (view == published_ || !whole) return;
  observer_.OnView(view);
  zero_hold_.Published(view->version, clock_.Steady());
  published_ = std::move(view);
}

// The interval grows as the rate budget shrinks: what the last refreshes cost must be affordable
// for an hour. One costly refresh, such as the first, is no habit.
SteadyTime Refresher::NextDue(const std::optional<AccountRefresh::Failure>& failure,
                              int64_t requests) {
  const SteadyTime now = clock_.Steady();
  const int64_t usual = std::min(std::exchange(previous_requests_, requests), requests);
  std::chrono::milliseconds wait = std::max(
      options_.min_interval,
      meter_.budget().Interval(static_cast<int>(std::min<int64_t>(usual, 1'000'000)), now));
  if (failure && failure->error.code == ErrorCode::kRateLimit && failure->retry_after) {
    wait = std::max<std::chrono::milliseconds>(wait, *failure->retry_after);
  }
  if (wait > options_.min_interval) {
    logger_.Debug("Refreshes are spread out", {{"interval", FormatDuration(wait)}});
  }
  return now + wait;
}

}  // namespace xplenty
