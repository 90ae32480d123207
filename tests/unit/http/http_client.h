#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"

namespace xplenty {

// A client of raw bytes for tests. Every wait has a deadline of minutes, which is a failure.
class HttpClient {
 public:
  struct Response {
    int status = 0;    // 0: the connection ended or the deadline passed before a complete response
    std::string head;  // including the status line
    std::string body;

    std::string Header(
        std::string_view name) const;  // "" if absent; several values are joined with ", "
  };

  // `address` is as in HttpServer::addresses(). A small `receive_bytes` soon blocks the server's
  // writes.
  explicit HttpClient(const std::string& address, int receive_bytes = 0);

  bool connected() const { return descriptor_.is_open(); }
  void Send(std::string_view bytes);
  void EndSending();
  void Reset();  // sends a reset
  // Whether the server sends something, or ends the connection, within `wait`.
  bool HasInput(std::chrono::milliseconds wait) const;
  // Reads a response; `head_only` is for the response to HEAD.
  Response Read(bool head_only = false);
  Response Get(const std::string& target, const std::string& more_headers = "");

  // Returns whether the server ends the connection before the deadline; what it sends is ignored.
  bool IsClosed();
  // Returns all bytes until the server ends the connection.
  std::string ReadAll();

 private:
  bool ReadMore();

  FileDescriptor descriptor_;
  std::string input_;
};

}  // namespace xplenty
