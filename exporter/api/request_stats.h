#pragma once

#include <cstdint>

#include "api/rate_budget.h"
#include "api/request_observer.h"
#include "base/clock.h"

namespace xplenty {

// Counts the requests of one account and keeps its rate budget. Not thread-safe: used on the thread
// that sends the requests.
class RequestStats final : public RequestObserver {
 public:
  // `next` observes all that this observes, after it. Clock and `next` must outlive this.
  RequestStats(Clock& clock, RequestObserver& next) : clock_(clock), next_(next) {}

  void OnRequest(int http_status, std::chrono::duration<double> took) override;
  void OnRateLimit(const RateLimit& rate_limit) override;

  RateBudget& budget() { return budget_; }
  const RateBudget& budget() const { return budget_; }

  // Returns how many requests have ended so far.
  int64_t requests_sent() const { return requests_sent_; }

 private:
  Clock& clock_;
  RequestObserver& next_;
  RateBudget budget_;
  int64_t requests_sent_{};
};

}  // namespace xplenty
