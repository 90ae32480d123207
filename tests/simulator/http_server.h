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
  std::string query;  // as sent
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string authorization;
  std::string accept;
  std::string accept_encoding;
  std::string host;
  std::string user_agent;
  std::string body;
};

struct HttpAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string content_type = "application/json; charset=utf-8";
  std::string body;
  // Ways to misbehave.
  size_t leading_spaces = 0;          // before the body, and part of it
  bool unanswered = false;            // the connection closes instead
  std::optional<size_t> cut_after;    // so many bytes of the body, then the connection closes
  std::chrono::milliseconds drip{0};  // the pause before each byte of the body
};

// HTTP/1.1 with keep-alive and gzip on one address; each connection has a thread of its own, of
// 1,024 at most: connections beyond them wait, and no other limit lets one wait for another.
class HttpServer {
 public:
  using Handler = std::function<HttpAnswer(const HttpRequest&)>;

  // Responses from the moment it is made, from many threads at once. An empty host is every
  // address, port 0 any free one; a port that is in use is an error.
  static Result<std::unique_ptr<HttpServer>> Listen(const std::string& host, int port,
                                                    Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const;
  // Ends every connection at once; waits for handlers that are at work.
  void Stop();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace xplenty::simulator
