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

// When the next refresh, the next page of one, and the next page of a reconcile may come: no more
// often than the minimum interval, and within the rate budget, which must outlive this. Pure; time
// is passed in; one thread.
class RefreshScheduler {
 public:
  RefreshScheduler(const RateBudget& budget, std::chrono::milliseconds min_interval)
      : budget_(budget), min_interval_(min_interval) {}

  // A refresh ended that sent so many requests: when the next one is due.
  SteadyTime NextAfter(SteadyTime start, SteadyTime end, int64_t requests,
                       const std::optional<AccountRefresh::Failure>& failure) {
    // One costly refresh, such as the first, is no habit.
    usual_requests_ = std::min(std::exchange(previous_requests_, requests), requests);
    SteadyTime due = (failure ? end : start) + min_interval_;
    // A refused key heals by another key, which may come at any time: the circuit sees to it.
    if (failure && failure->retry_after && failure->error.code != ErrorCode::kAuth) {
      due = std::max(due, end + *failure->retry_after);
    }
    return std::max(due, NextRefresh(end));
  }

  // When the budget affords a refresh as they usually are; after pages of a reconcile that is
  // later.
  SteadyTime NextRefresh(SteadyTime now) const {
    return budget_.TokenReadyAt(usual_requests_, now);
  }

  // When the next page of a refresh may be asked for. While there is plenty that is at once, so
  // that a first refresh is over soon.
  SteadyTime NextPage(SteadyTime now) const {
    return budget_.HasHeadroom(now) ? now : budget_.TokenReadyAt(1, now);
  }

  // Whether a reconcile may go on before the next refresh, or has had its page.
  bool MayReconcileOn(SteadyTime now) const { return budget_.HasHeadroom(now); }

 private:
  const RateBudget& budget_;
  const std::chrono::milliseconds min_interval_;
  int64_t previous_requests_ = 2;  // requests of the refresh before; usually two
  int64_t usual_requests_ = 2;
};

}  // namespace xplenty
