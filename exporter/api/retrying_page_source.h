#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "api/api_key.h"
#include "api/page_source.h"
#include "api/request_meter.h"
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
  // The inner source must report to `meter`. `random` yields numbers in [0, 1); a generator of its
  // own if none is given.
  RetryingPageSource(std::unique_ptr<PageSource> inner, RequestMeter& meter, ApiKey& key,
                     Clock& clock, std::function<double()> random = {});

  Result<Page, ApiError> Fetch(const PageRequest& request, const RequestLimits& limits) override;
  // Side by side at the first attempt only: what failed is tried again alone, one after the other,
  // until one fails for good; its error is that of the rest, too.
  Answers FetchAll(std::span<const PageRequest> requests, const RequestLimits& limits) override;

 private:
  using Answer = Result<Page, ApiError>;
  struct Tried {
    Secret key;
    Answer answer;
  };
  Answer Persist(const PageRequest& request, const RequestLimits& limits, int attempt,
                 std::optional<Tried> tried);
  void RecordSuccess();
  RateBudget& budget() { return meter_.budget(); }
  std::optional<ApiError> Refusal(const Secret& key);
  bool ReloadedKey(ApiError& error);
  bool WaitToRetry(const ApiError& error, int attempt, const RequestLimits& limits,
                   const Secret& key);

  std::unique_ptr<PageSource> inner_;
  RequestMeter& meter_;
  ApiKey& key_;
  Clock& clock_;
  std::function<double()> random_;
  // The circuit is open while this holds a key, and it is closed for any other key.
  struct RefusedKey {
    Secret key;
    std::string why;        // the API's own words
    SteadyTime next_probe;  // no request with this key before
  };
  std::optional<RefusedKey> refused_;
  std::chrono::seconds pause_after_rate_limit_;  // after the next 429 without a Retry-After
  struct AskedToWait {
    SteadyTime until;
    Error why;
  };
  std::optional<AskedToWait> asked_to_wait_;  // by an error other than 429
};

}  // namespace xplenty
