#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/logger.h"
#include "base/result.h"
#include "http/connection_loop.h"
#include "http/http_message.h"
#include "http/responder.h"
#include "http/web_policy.h"

namespace xplenty {

// How an HttpServer listens, and its limits.
struct ServerOptions {
  std::vector<std::string> listen_addresses{};  // as Listener::Bind() takes them
  std::vector<int> listen_descriptors{};        // as Listener::Inherit() takes them
  size_t max_connections = 64;                  // also the limit of requests served at once
  PolicySource policy{};                        // empty: plain HTTP without passwords
  Heartbeat heartbeat{};
  std::chrono::milliseconds idle_timeout{120'000};  // The life of a connection without a request.
  std::chrono::milliseconds head_timeout{5'000};    // The time for a whole request or handshake.
  std::chrono::milliseconds write_timeout{30'000};  // The time for a whole response.
  std::chrono::milliseconds linger_timeout{1'000};  // The time for the client to close at the end.
  std::chrono::milliseconds stop_grace{800};  // The time for the responses in flight at a stop.
};

// Serves HTTP/1.1, with TLS if the policy says so, on untrusted networks: GET and HEAD, POST and
// PUT on routes that allow them, no request bodies, 404 for unknown paths. Slow and idle clients
// use no thread; handlers run on up to `max_connections` threads, so a waiting handler delays no
// other. docs/design/http-server.md has the reasons for a server of our own.
class HttpServer {
 public:
  // Listens on all addresses and descriptors (at least one), or returns the reason why it cannot.
  // `logger` must outlive the server.
  static Result<std::unique_ptr<HttpServer>> Start(ServerOptions options, Routes routes,
                                                   Logger& logger);
  ~HttpServer();  // stops it
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // The addresses in use, numeric, in the order of the options: "127.0.0.1:10740", "[::]:10740".
  const std::vector<std::string>& addresses() const { return addresses_; }

  // Closes the listeners and idle connections, waits up to `stop_grace` for responses in flight,
  // then closes their connections and waits for their handlers, which the caller must make return
  // before. May be called again, by one thread at a time; not by a handler.
  void Stop();

 private:
  HttpServer(std::vector<std::string> addresses, std::unique_ptr<Responder> responder,
             std::unique_ptr<ConnectionLoop> loop);

  std::vector<std::string> addresses_;
  std::unique_ptr<Responder> responder_;
  std::unique_ptr<ConnectionLoop> loop_;
  std::jthread thread_;
};

}  // namespace xplenty
