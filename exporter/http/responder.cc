#include "http/responder.h"

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/response_head.h"

namespace xplenty {
namespace {

bool Takes(Route::Method method, std::string_view name) {
  switch (method) {
    case Route::Method::kGet:
      return name == "GET" || name == "HEAD";
    case Route::Method::kPost:
      return name == "POST" || name == "PUT";
  }
  return false;
}

}  // namespace

Responder::Responder(Routes routes, PolicySource policy, ResponderLimits limits, Logger& logger)
    : routes_(std::move(routes)),
      policy_(std::move(policy)),
      write_timeout_(limits.write_timeout),
      auth_(limits.password_checks),
      logger_(logger) {}

bool Responder::Respond(const HttpRequest& request, bool close, Socket& socket) {
  const HttpResponse response = BuildResponse(request);
  const std::string head = ResponseHead(response, close);
  std::vector<std::string_view> parts = {head};
  if (request.method != "HEAD") {
    for (const auto& part : response.body.parts()) parts.push_back(*part);
  }
  return socket.WriteAll(parts, std::chrono::steady_clock::now() + write_timeout_);
}

HttpResponse Responder::BuildResponse(const HttpRequest& request) {
  const std::shared_ptr<const WebPolicy> policy = policy_();
  HttpResponse response = Dispatch(*policy, request);
  for (const auto& header : policy->rules.headers) {
    if (!response.HasHeader(header.first)) response.headers.push_back(header);
  }
  return response;
}

HttpResponse Responder::Dispatch(const WebPolicy& policy, const HttpRequest& request) {
  std::string reason = "unknown exception";
  try {
    const auto found = routes_.find(request.path);
    const Route* const route = found == routes_.end() ? nullptr : &found->second;
    const bool is_open = route != nullptr && route->is_open;
    auto refused = is_open ? std::nullopt : Authorize(policy, request);
    return refused ? std::move(*refused) : CallHandler(route, request);
  } catch (const std::exception& exception) {
    reason = exception.what();
  } catch (...) {  // has no message
  }
  logger_.Error("request handler failed", {{"path", request.path}, {"err", reason}});
  return ErrorResponse(500);  // the client must not see the reason
}

// Checks the rate limit and the password. Runs before any 404, so that a client without a password
// does not learn which paths exist.
std::optional<HttpResponse> Responder::Authorize(const WebPolicy& policy,
                                                 const HttpRequest& request) {
  if (!limiter_.Allow(policy.rules.rate_limit, std::chrono::steady_clock::now()))
    return ErrorResponse(429);
  if (policy.rules.users.empty()) return std::nullopt;
  switch (auth_.Check(policy.rules.users, request.Header("Authorization").value_or(""))) {
    case AuthResult::kAllowed:
      return std::nullopt;
    case AuthResult::kBusy:
      return ErrorResponse(503);
    case AuthResult::kDenied:
      break;
  }
  HttpResponse response = ErrorResponse(401);
  response.headers.emplace_back("WWW-Authenticate", "Basic");
  return response;
}

HttpResponse Responder::CallHandler(const Route* route, const HttpRequest& request) {
  if (route == nullptr) return ErrorResponse(404);
  if (Takes(route->method, request.method)) return route->handler(request);
  HttpResponse response = ErrorResponse(405);
  if (route->method == Route::Method::kPost) response.headers = {{"Allow", "POST, PUT"}};
  return response;
}

}  // namespace xplenty
