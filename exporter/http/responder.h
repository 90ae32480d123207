#pragma once

#include <chrono>
#include <optional>

#include "base/logger.h"
#include "http/basic_auth.h"
#include "http/http_message.h"
#include "http/rate_limiter.h"
#include "http/socket.h"
#include "http/web_policy.h"

namespace xplenty {

struct ResponderLimits {
  std::chrono::milliseconds write_timeout{};  // from the first byte of a response to its last
  size_t password_checks = 1;                 // requests that wait for one; more get a 503
};

// Answers vetted requests: the policy says to whom, the handler of the path makes the response.
// Safe from any thread; `logger` must outlive it.
class Responder {
 public:
  Responder(Routes routes, PolicySource policy, ResponderLimits limits, Logger& logger);

  // Calls the handler and writes its response, which announces the end of the connection if `close`
  // says so. False when it could not be written whole.
  bool Respond(const HttpRequest& request, bool close, Socket& socket);

 private:
  HttpResponse Answer(const HttpRequest& request);
  HttpResponse Vet(const WebPolicy& policy, const HttpRequest& request);
  std::optional<HttpResponse> Refuse(const WebPolicy& policy, const HttpRequest& request);
  static HttpResponse Handle(const Route* route, const HttpRequest& request);

  const Routes routes_;
  const PolicySource policy_;
  const std::chrono::milliseconds write_timeout_;
  RateLimiter limiter_;
  BasicAuth auth_;
  Logger& logger_;
};

}  // namespace xplenty
