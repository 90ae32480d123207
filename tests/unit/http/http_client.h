#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"

namespace xplenty {

// A client of raw bytes for tests. Everything it waits for has a deadline of minutes, which is a
// failure.
class HttpClient {
 public:
  struct Response {
    int status = 0;    // 0: the connection ended, or the deadline passed, before a whole response
    std::string head;  // with its status line
    std::string body;

    std::string Header(std::string_view name) const;  // "" when absent; all values, with ", "
  };

  // `address` as HttpServer::addresses() gives it. `receive_bytes` makes a reader that soon blocks
  // its writer.
  explicit HttpClient(const std::string& address, int receive_bytes = 0);

  bool connected() const { return descriptor_.is_open(); }
  void Send(std::string_view bytes);
  void EndSending();
  void Reset();  // ends the connection without the handshake that ends one
  // Whether the server sends something, or ends the connection, within `wait`.
  bool HasInput(std::chrono::milliseconds wait) const;
  // `head_only` for the response to HEAD.
  Response Read(bool head_only = false);
  Response Get(const std::string& target, const std::string& more_headers = "");

  // Whether the server ends the connection before the deadline, whatever it sends until then.
  bool IsClosed();
  // All bytes until the server ends the connection.
  std::string ReadAll();

 private:
  bool ReadMore();

  FileDescriptor descriptor_;
  std::string input_;
};

}  // namespace xplenty
