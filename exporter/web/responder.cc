#include "web/responder.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include <httplib.h>

#include "web/ascii.h"
#include "web/basic_auth.h"
#include "web/canned_response.h"

#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
#error "cpp-httplib's flags must come from pkg-config: its classes are laid out by them"
#endif

namespace xplenty {
namespace {

// What cpp-httplib reads and writes instead of a socket: a request line that was vetted, and a
// response under one deadline.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsuggest-override"
#ifdef __clang__
#pragma GCC diagnostic ignored "-Winconsistent-missing-override"
#endif
class VettedStream final : public httplib::Stream {
 public:
  VettedStream(std::string head, Socket& socket, const std::string& remote_address,
               std::chrono::milliseconds write_timeout)
      : head_(std::move(head)),
        socket_(socket),
        remote_address_(remote_address),
        write_timeout_(write_timeout) {}

  // Each version of the library declares some of these six.
  bool is_readable() const { return read_ < head_.size(); }    // NOLINT(modernize-use-override)
  bool is_writable() const { return !failed_; }                // NOLINT(modernize-use-override)
  bool wait_readable() const { return read_ < head_.size(); }  // NOLINT(modernize-use-override)
  bool wait_writable() const { return !failed_; }              // NOLINT(modernize-use-override)
  time_t duration() const { return 0; }                        // NOLINT(modernize-use-override)
  socket_t socket() const { return socket_.fd(); }             // NOLINT(modernize-use-override)

  using httplib::Stream::write;

  ssize_t read(char* into, size_t size) override {
    const size_t bytes = std::min(size, head_.size() - read_);
    std::memcpy(into, head_.data() + read_, bytes);
    read_ += bytes;
    return static_cast<ssize_t>(bytes);
  }

  // Head and small pieces of the body are gathered, as is the end of large ones, so that they share
  // packets and TLS records.
  ssize_t write(const char* from, size_t size) override {
    constexpr size_t kSmall = 16'384;
    constexpr size_t kGathered = 65'536;
    constexpr size_t kLast = 1024;
    std::string_view bytes(from, size);
    if (gathered_.size() + size > kGathered && !Send(Socket::Then::kMore)) return -1;
    if (size >= kSmall) {
      const std::string_view most = bytes.substr(0, size - kLast);
      bytes.remove_prefix(most.size());
      if (!Send(Socket::Then::kMore) || !Send(most, Socket::Then::kMore)) return -1;
    }
    gathered_ += bytes;
    return failed_ ? -1 : static_cast<ssize_t>(size);
  }

  // Must follow the last write; false when any has failed.
  bool Flush() { return Send(Socket::Then::kNothing); }

  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = remote_address_;
    port = 0;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }

 private:
  bool Send(Socket::Then then) {
    const bool sent = Send(gathered_, then);
    gathered_.clear();
    return sent;
  }
  bool Send(std::string_view bytes, Socket::Then then) {
    if (!deadline_) deadline_ = std::chrono::steady_clock::now() + write_timeout_;
    failed_ = failed_ || !socket_.WriteAll(bytes, then, *deadline_);
    return !failed_;
  }

  std::string head_;
  std::string gathered_;
  size_t read_ = 0;
  Socket& socket_;
  const std::string& remote_address_;
  std::chrono::milliseconds write_timeout_;
  std::optional<SteadyTime> deadline_;  // set by the first that is sent
  bool failed_ = false;
};
#pragma GCC diagnostic pop

HttpRequest ToRequest(const httplib::Request& from) {
  HttpRequest request;
  request.method = from.method;
  request.path = from.path;
  request.remote_address = from.remote_addr;
  request.params.assign(from.params.begin(), from.params.end());
  request.headers.assign(from.headers.begin(), from.headers.end());
  return request;
}

void Fill(const HttpResponse& from, httplib::Response& into) {
  into.status = from.status;
  into.headers.clear();
  for (const auto& [name, value] : from.headers) into.set_header(name, value);
  if (from.body.empty()) {
    into.set_header("Content-Type", from.content_type);
    return;
  }
  // A provider rather than set_content(), which would compress the body again.
  into.set_content_provider(
      from.body.size(), from.content_type,
      [body = from.body](size_t /*offset*/, size_t /*length*/, httplib::DataSink& sink) {
        return body.ForEach([&](const std::string& piece) {
          return sink.write(piece.data(), piece.size());  // that is all of it in one call
        });
      });
}

HttpResponse Refusal(int status) {
  return HttpResponse::Text(status,
                            std::to_string(status) + ' ' + std::string(ReasonPhrase(status)));
}

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

class Responder::Library final : public httplib::Server {
 public:
  Library(Routes routes, PolicySource policy, ResponderLimits limits, Logger& logger)
      : routes_(std::move(routes)),
        policy_(std::move(policy)),
        write_timeout_(limits.write_timeout),
        auth_(limits.password_checks),
        logger_(logger) {
    // It takes itself for stopped, and cuts bodies short, unless this looks like a socket. It never
    // listens, so the number is not used.
    svr_sock_ = 0;
    // Routing by the library would match regular expressions, and wait for bodies.
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      Fill(Answer(ToRequest(request)), response);
      return HandlerResponse::Handled;
    });
    set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
      response.headers.erase("Keep-Alive");     // its numbers are not ours
      response.headers.erase("Accept-Ranges");  // ranges are not served
      for (const auto& [name, value] : kSecurityHeaders) {
        if (!response.has_header(std::string(name).c_str())) {
          response.set_header(std::string(name), std::string(value));
        }
      }
    });
    set_exception_handler([this](const httplib::Request& request, httplib::Response& response,
                                 std::exception_ptr failure) {
      Report(request.path, failure);  // of the library itself
      Fill(Refusal(500), response);
    });
  }

  Outcome Respond(const RequestHead& head, bool close, const std::string& remote_address,
                  Socket& socket) {
    // The library sees the request line alone: it would decode %0d%0a in header values, and act on
    // some of them. The handlers get the values as they came.
    VettedStream stream(head.method + ' ' + head.target + " HTTP/1.1\r\n\r\n", socket,
                        remote_address, write_timeout_);
    const auto set_up = [&](httplib::Request& request) {
      request.remote_addr = remote_address;
      request.headers.clear();
      for (const auto& [name, value] : head.headers) request.headers.emplace(name, value);
      if (close) request.headers.emplace("Connection", "close");
    };
    bool closed_by_library = false;
#if XPLENTY_HTTPLIB_TAKES_ADDRESSES
    const bool written = process_request(stream, remote_address, 0, std::string(), 0, close,
                                         closed_by_library, set_up);
#else
    const bool written = process_request(stream, close, closed_by_library, set_up);
#endif
    if (!written || !stream.Flush()) return Outcome::kBroken;
    return close || closed_by_library ? Outcome::kClose : Outcome::kKeep;
  }

 private:
  HttpResponse Answer(const HttpRequest& request) {
    const std::shared_ptr<const WebPolicy> policy = policy_();
    const auto found = routes_.find(request.path);
    const Route* const route = found == routes_.end() ? nullptr : &found->second;
    const bool is_open = route != nullptr && route->is_open;
    auto refused = is_open ? std::nullopt : Refuse(*policy, request);
    HttpResponse response = refused ? std::move(*refused) : Handle(route, request);
    for (const auto& [name, value] : policy->headers) {
      const bool is_set = std::ranges::any_of(response.headers, [&name = name](const auto& header) {
        return EqualsIgnoringCase(header.first, name);
      });
      if (!is_set) response.headers.emplace_back(name, value);
    }
    return response;
  }

  // By the rate limit and by the password; what exists is told only afterwards.
  std::optional<HttpResponse> Refuse(const WebPolicy& policy, const HttpRequest& request) {
    if (!limiter_.Allow(policy.rate_limit, std::chrono::steady_clock::now())) return Refusal(429);
    if (policy.users.empty()) return std::nullopt;
    switch (auth_.Check(policy.users, request.Header("Authorization").value_or(""))) {
      case BasicAuth::Verdict::kAllowed:
        return std::nullopt;
      case BasicAuth::Verdict::kBusy: {
        HttpResponse response = Refusal(503);
        response.headers.emplace_back("Retry-After", "1");
        return response;
      }
      case BasicAuth::Verdict::kDenied:
        break;
    }
    HttpResponse response = Refusal(401);
    response.headers.emplace_back("WWW-Authenticate", "Basic");
    return response;
  }

  HttpResponse Handle(const Route* route, const HttpRequest& request) const {
    if (route == nullptr) return Refusal(404);
    if (!Takes(route->method, request.method)) {
      HttpResponse response = Refusal(405);
      const bool get = route->method == Route::Method::kGet;
      response.headers.emplace_back("Allow", get ? "GET, HEAD" : "POST, PUT");
      return response;
    }
    try {
      return route->handler(request);
    } catch (...) {  // told to the log alone
      Report(request.path, std::current_exception());
      return Refusal(500);
    }
  }

  void Report(const std::string& path, const std::exception_ptr& failure) const {
    std::string reason = "unknown exception";
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
      reason = exception.what();
    } catch (...) {  // told apart by its name alone
    }
    logger_.Error("request handler failed", {{"path", path}, {"err", reason}});
  }

  Routes routes_;
  PolicySource policy_;
  std::chrono::milliseconds write_timeout_;
  RateLimiter limiter_;
  BasicAuth auth_;
  Logger& logger_;
};

Responder::Responder(Routes routes, PolicySource policy, ResponderLimits limits, Logger& logger)
    : library_(std::make_unique<Library>(std::move(routes), std::move(policy), limits, logger)) {}

Responder::~Responder() = default;

Responder::Outcome Responder::Respond(const RequestHead& head, bool close,
                                      const std::string& remote_address, Socket& socket) const {
  return library_->Respond(head, close, remote_address, socket);
}

}  // namespace xplenty
