#pragma once

#include <chrono>

#include "api/rate_limit.h"

namespace xplenty {

// Is told of every request that is sent, retries included, on the thread that sends them. For an
// answer OnRequest() comes first; OnRateLimit() follows if the answer had such headers.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;
  RequestObserver() = default;
  RequestObserver(const RequestObserver&) = delete;
  RequestObserver& operator=(const RequestObserver&) = delete;

  // The status is 0 if no whole answer came.
  virtual void OnRequest(int http_status, std::chrono::duration<double> took) = 0;
  virtual void OnRateLimit(const RateLimit& rate_limit) = 0;
};

}  // namespace xplenty
