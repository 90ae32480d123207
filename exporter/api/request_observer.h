#pragma once

#include <chrono>

#include "model/rate_limit.h"

namespace xplenty {

// Observes every request that is sent to the API of one account, retries included. Called on the
// thread that sends the requests.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;
  RequestObserver() = default;
  RequestObserver(const RequestObserver&) = delete;
  RequestObserver& operator=(const RequestObserver&) = delete;

  // A request has ended after `took`. The status is 0 if no whole response arrived.
  virtual void OnRequest(int http_status, std::chrono::duration<double> took) = 0;

  // The response had headers with a rate limit. Called right after OnRequest().
  virtual void OnRateLimit(const RateLimit& rate_limit) = 0;
};

}  // namespace xplenty
