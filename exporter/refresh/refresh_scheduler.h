#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "api/rate_budget.h"
#include "base/clock.h"
#include "refresh/account_refresh.h"

namespace xplenty {

// Decides when the next refresh, the next page of a refresh and the next page of a reconcile may
// start: never more often than the minimum interval, and within the rate budget, which must outlive
// this. Pure: callers pass the time. Not thread-safe.
class RefreshScheduler {
 public:
  RefreshScheduler(const RateBudget& budget, std::chrono::milliseconds min_interval)
      : budget_(budget), min_interval_(min_interval) {}

  // Records a refresh that has ended and sent `requests`; returns when the next one is due.
  SteadyTime NextAfter(SteadyTime start, SteadyTime end, int64_t requests,
                       const std::optional<AccountRefresh::Failure>& failure) {
    // One expensive refresh, such as the first, does not make the next ones wait.
    usual_requests_ = std::min(std::exchange(previous_requests_, requests), requests);
    SteadyTime due = (failure ? end : start) + min_interval_;
    // A refused key may be replaced at any time: the circuit breaker paces those requests.
    if (failure && failure->retry_after && failure->error.code != ErrorCode::kAuth) {
      due = std::max(due, end + *failure->retry_after);
    }
    return std::max(due, NextRefresh(end));
  }

  // When the budget has tokens for a usual refresh. Requests of a reconcile make that later.
  SteadyTime NextRefresh(SteadyTime now) const {
    return budget_.TokenReadyAt(usual_requests_, now);
  }

  // When the next page of a refresh may be requested: at once while the budget has headroom, so
  // that a first refresh is short.
  SteadyTime NextPage(SteadyTime now) const {
    return budget_.HasHeadroom(now) ? now : budget_.TokenReadyAt(1, now);
  }

  // True if a reconcile may read more than one page between two refreshes.
  bool MayContinueReconcile(SteadyTime now) const { return budget_.HasHeadroom(now); }

 private:
  const RateBudget& budget_;
  const std::chrono::milliseconds min_interval_;
  int64_t previous_requests_ = 2;  // of the last refresh; two is usual
  int64_t usual_requests_ = 2;
};

}  // namespace xplenty
