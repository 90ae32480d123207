#pragma once

#include <cstdint>

#include "api/rate_budget.h"
#include "api/request_observer.h"
#include "base/clock.h"

namespace xplenty {

// Counts the requests of one account, keeps its rate budget, and passes all on to `next`, which
// must outlive it, as must the clock. One thread: the one that sends the requests.
class RequestStats final : public RequestObserver {
 public:
  RequestStats(Clock& clock, RequestObserver& next) : clock_(clock), next_(next) {}

  void OnRequest(int http_status, std::chrono::duration<double> took) override;
  void OnRateLimit(const RateLimit& rate_limit) override;

  RateBudget& budget() { return budget_; }
  const RateBudget& budget() const { return budget_; }
  int64_t requests_sent() const { return requests_sent_; }

 private:
  Clock& clock_;
  RequestObserver& next_;
  RateBudget budget_;
  int64_t requests_sent_{};
};

}  // namespace xplenty
