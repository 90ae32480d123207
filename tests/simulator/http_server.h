#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace xplenty::simulator {

struct HttpRequest {
  std::string method;
  std::string path;
  std::string query;  // not decoded
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string authorization;
  std::string accept;
  std::string accept_encoding;
  std::string host;
  std::string user_agent;
  std::string body;
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string content_type = "application/json; charset=utf-8";
  std::string body;
  // Faults of the transfer.
  size_t leading_spaces = 0;          // before the body, and part of it
  bool no_response = false;           // the connection closes instead of a response
  std::optional<size_t> cut_after;    // the connection closes after so many bytes of the body
  std::chrono::milliseconds drip{0};  // the pause before each byte of the body
};

// An HTTP/1.1 server with keep-alive and gzip on one address. Each connection has a thread, up to
// 1,024; connections beyond them wait, and otherwise none waits for another.
class HttpServer {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  // Listens and serves at once, from many threads. An empty host means every address, port 0 any
  // free port; a port in use is an error.
  static Result<std::unique_ptr<HttpServer>> Listen(const std::string& host, int port,
                                                    Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const;
  // Ends every connection at once, and waits for running handlers.
  void Stop();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace xplenty::simulator
