#include "http/http_server.h"

#include <algorithm>
#include <utility>

namespace xplenty {
namespace {

// Each waiting check keeps a connection and a worker busy for some tenths of a second.
constexpr size_t kMaxPasswordChecks = 4;

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::Start(ServerOptions options, Routes routes,
                                                      Logger& logger) {
  if (options.listen_addresses.empty() && options.listen_descriptors.empty()) {
    return Error{ErrorCode::kInvalidArgument, "no address to listen on"};
  }
  std::vector<Listener> listeners;
  std::vector<std::string> addresses;
  for (const std::string& address : options.listen_addresses) {
    auto listener = Listener::Bind(address);
    if (!listener) return listener.error();
    addresses.push_back(listener->address());
    listeners.push_back(std::move(*listener));
  }
  for (const int descriptor : options.listen_descriptors) {
    auto listener = Listener::Inherit(descriptor);
    if (!listener) return listener.error();
    addresses.push_back(listener->address());
    listeners.push_back(std::move(*listener));
  }
  if (!options.policy) {
    options.policy = [open = std::make_shared<const WebPolicy>()] { return open; };
  }
  const size_t max_checks = std::clamp<size_t>(options.max_connections / 4, 1, kMaxPasswordChecks);
  auto responder = std::make_unique<Responder>(
      std::move(routes), options.policy,
      ResponderLimits{.write_timeout = options.write_timeout, .password_checks = max_checks},
      logger);
  const ConnectionLimits limits = {.max_connections = options.max_connections,
                                   .idle_timeout = options.idle_timeout,
                                   .head_timeout = options.head_timeout,
                                   .linger_timeout = options.linger_timeout,
                                   .stop_grace = options.stop_grace};
  auto loop = ConnectionLoop::Create(std::move(listeners), limits, options.policy,
                                     options.heartbeat, *responder, logger);
  if (!loop) return loop.error();
  return std::unique_ptr<HttpServer>(
      new HttpServer(std::move(addresses), std::move(responder), std::move(*loop)));
}

HttpServer::HttpServer(std::vector<std::string> addresses, std::unique_ptr<Responder> responder,
                       std::unique_ptr<ConnectionLoop> loop)
    : addresses_(std::move(addresses)),
      responder_(std::move(responder)),
      loop_(std::move(loop)),
      thread_([this] { loop_->Run(); }) {}

HttpServer::~HttpServer() {
  Stop();
}

void HttpServer::Stop() {
  loop_->Stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace xplenty
