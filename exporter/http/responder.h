#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "base/logger.h"
#include "http/basic_auth.h"
#include "http/http_message.h"
#include "http/rate_limiter.h"
#include "http/socket.h"
#include "http/web_policy.h"

namespace xplenty {

// Limits of a Responder.
struct ResponderLimits {
  std::chrono::milliseconds write_timeout{};  // from the first byte of a response to its last
  size_t password_checks = 1;                 // requests that may wait for one; others get 503
};

// Serves validated requests: checks the policy, calls the handler of the path, and writes the
// response. Safe from any thread; `logger` must outlive it.
class Responder {
 public:
  Responder(Routes routes, PolicySource policy, ResponderLimits limits, Logger& logger);

  // Serves one request. `close` adds `Connection: close` to the response. False if the response
  // could not be written completely.
  bool Respond(const HttpRequest& request, bool close, Socket& socket);

 private:
  HttpResponse BuildResponse(const HttpRequest& request);
  HttpResponse Dispatch(const WebPolicy& policy, const HttpRequest& request);
  std::optional<HttpResponse> Authorize(const WebPolicy& policy, const HttpRequest& request);
  static HttpResponse CallHandler(const Route* route, const HttpRequest& request);

  const Routes routes_;
  const PolicySource policy_;
  const std::chrono::milliseconds write_timeout_;
  RateLimiter limiter_;
  BasicAuth auth_;
  Logger& logger_;
};

}  // namespace xplenty
