#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "api/api_key.h"
#include "api/circuit_breaker.h"
#include "api/page_source.h"
#include "api/request_stats.h"
#include "base/clock.h"
#include "base/secret.h"

namespace xplenty {

// Decides whether and how often a request is sent. 429, 5xx, timeouts and broken connections are
// retried with backoff while time is left until the deadline, five attempts in all. A refused key
// opens a circuit, a spent budget blocks, and a Retry-After beyond the deadline is waited out:
// until then Fetch() fails with the same error without a request. The key's file is read again
// before each page and after a refusal; if the key changed it is tried at once. A stop ends every
// wait (kCancelled). One caller at a time; everything by reference must outlive it.
class RetryingPageSource final : public PageSource {
 public:
  // The inner source must report to `stats`. `random` yields numbers in [0, 1); a generator of its
  // own if none is given.
  RetryingPageSource(std::unique_ptr<PageSource> inner, RequestStats& stats, ApiKey& key,
                     Clock& clock, std::function<double()> random = {});

  Result<Page, ApiError> Fetch(const PageRequest& request, const RequestLimits& limits) override;
  // Side by side at the first attempt only: what failed is tried again alone, one after the other,
  // until one fails for good; its error is that of the rest, too.
  Responses FetchAll(std::span<const PageRequest> requests, const RequestLimits& limits) override;

 private:
  using Answer = Result<Page, ApiError>;
  struct FirstAttempt {
    Secret key;
    Answer answer;
  };
  Answer FetchWithRetries(const PageRequest& request, const RequestLimits& limits, int attempt,
                          std::optional<FirstAttempt> first_attempt);
  void RecordSuccess();
  RateBudget& budget() { return stats_.budget(); }
  std::optional<ApiError> Refusal(const Secret& key);
  bool ReloadedKey(ApiError& error);
  bool WaitToRetry(const ApiError& error, int attempt, const RequestLimits& limits,
                   const Secret& key);

  std::unique_ptr<PageSource> inner_;
  RequestStats& stats_;
  ApiKey& key_;
  Clock& clock_;
  std::function<double()> random_;
  CircuitBreaker circuit_;
  std::optional<Secret> refused_key_;            // the circuit is about no other
  std::chrono::seconds pause_after_rate_limit_;  // after the next 429 without a Retry-After
  struct WaitRequest {
    SteadyTime until;
    Error why;
  };
  std::optional<WaitRequest> wait_request_;  // by an error other than 429
  std::string last_refusal_;                 // what the API said when the circuit opened
};

}  // namespace xplenty
