#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "api/api_key.h"
#include "api/page_source.h"
#include "api/request_stats.h"
#include "base/clock.h"
#include "base/secret.h"

namespace xplenty {

// Sends the requests of another source, and decides when and how often. It retries 429, 5xx,
// timeouts and broken connections with backoff while time is left until the deadline, up to five
// attempts in all. Fetch() fails without a request, with the error that is the reason,
//   - while the API refuses the key, except for one request a minute (a circuit breaker),
//   - while the rate budget is spent,
//   - while a Retry-After that lies beyond a deadline has not passed.
// The key's file is read again before each page and after a refusal, and a new key is tried at
// once. A stop ends every wait (kCancelled). One caller at a time.
class RetryingPageSource final : public PageSource {
 public:
  // `inner` must report its requests to `stats`. `random` yields numbers in [0, 1); by default a
  // generator is made. The references must outlive the source.
  RetryingPageSource(std::unique_ptr<PageSource> inner, RequestStats& stats, ApiKey& key,
                     Clock& clock, std::function<double()> random = {});

  Result<Page, ApiError> Fetch(const PageRequest& request, const RequestLimits& limits) override;
  // Sends the first attempts in parallel. Those that fail are retried one after the other. When one
  // fails finally, the others get its error.
  Responses FetchAll(std::span<const PageRequest> requests, const RequestLimits& limits) override;

 private:
  using Response = Result<Page, ApiError>;
  struct FirstAttempt {
    Secret key;
    Response response;
  };
  Response FetchWithRetries(const PageRequest& request, const RequestLimits& limits, int attempt,
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
  // A key that the API refused. It is forgotten with the next success.
  struct RefusedKey {
    Secret key;
    std::string why;        // The error that the API responded with.
    SteadyTime next_probe;  // No request is sent with this key before.
  };
  std::optional<RefusedKey> refused_;
  std::chrono::seconds pause_after_rate_limit_;  // used after the next 429 without a Retry-After
  struct WaitRequest {
    SteadyTime until;
    Error why;
  };
  std::optional<WaitRequest> wait_request_;  // for errors other than 429
};

}  // namespace xplenty
