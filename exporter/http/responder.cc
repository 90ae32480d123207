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
  const HttpResponse response = Answer(request);
  const std::string head = ResponseHead(response, close);
  std::vector<std::string_view> parts = {head};
  if (request.method != "HEAD") {
    for (const auto& part : response.body.parts()) parts.push_back(*part);
  }
  return socket.WriteAll(parts, std::chrono::steady_clock::now() + write_timeout_);
}

HttpResponse Responder::Answer(const HttpRequest& request) {
  const std::shared_ptr<const WebPolicy> policy = policy_();
  HttpResponse response = Vet(*policy, request);
  for (const auto& header : policy->headers) {
    if (!response.HasHeader(header.first)) response.headers.push_back(header);
  }
  return response;
}

HttpResponse Responder::Vet(const WebPolicy& policy, const HttpRequest& request) {
  std::string reason = "unknown exception";
  try {
    const auto found = routes_.find(request.path);
    const Route* const route = found == routes_.end() ? nullptr : &found->second;
    const bool is_open = route != nullptr && route->is_open;
    auto refused = is_open ? std::nullopt : Refuse(policy, request);
    return refused ? std::move(*refused) : Handle(route, request);
  } catch (const std::exception& exception) {
    reason = exception.what();
  } catch (...) {  // told apart by its name alone
  }
  logger_.Error("request handler failed", {{"path", request.path}, {"err", reason}});
  return Refusal(500);  // the reason is told to the log alone
}

// By the rate limit and by the password; what exists is told only afterwards.
std::optional<HttpResponse> Responder::Refuse(const WebPolicy& policy, const HttpRequest& request) {
  if (!limiter_.Allow(policy.rate_limit, std::chrono::steady_clock::now())) return Refusal(429);
  if (policy.users.empty()) return std::nullopt;
  switch (auth_.Check(policy.users, request.Header("Authorization").value_or(""))) {
    case BasicAuth::Verdict::kAllowed:
      return std::nullopt;
    case BasicAuth::Verdict::kBusy:
      return Refusal(503);
    case BasicAuth::Verdict::kDenied:
      break;
  }
  HttpResponse response = Refusal(401);
  response.headers.emplace_back("WWW-Authenticate", "Basic");
  return response;
}

HttpResponse Responder::Handle(const Route* route, const HttpRequest& request) {
  if (route == nullptr) return Refusal(404);
  if (Takes(route->method, request.method)) return route->handler(request);
  HttpResponse response = Refusal(405);
  if (route->method == Route::Method::kPost) response.headers = {{"Allow", "POST, PUT"}};
  return response;
}

}  // namespace xplenty
