#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace xplenty::bench {

// A keep-alive connection to 127.0.0.1 that repeats one request and reads the responses as cheaply
// as it can, so that its cost is the same for every server that is compared. Any failure, or a
// status other than 200, throws std::runtime_error. If the server closes the connection after a
// response, the next request includes the time of a new connection.
class HttpConnection {
 public:
  struct Response {
    std::string head;
    uint64_t body_bytes{};
  };

  HttpConnection(uint16_t port, std::string request);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Sends the request and reads the response; its body goes to `body` unless that is null.
  Response Fetch(std::string* body = nullptr);

 private:
  void Connect();
  void Close();
  void Send();
  // Reads more into the buffer; false at the end of the stream.
  bool Fill();
  std::string ReadHead();
  std::string ReadLine();
  uint64_t ReadBytes(uint64_t count, std::string* body);
  uint64_t ReadChunks(std::string* body);
  uint64_t ReadToEnd(std::string* body);

  const uint16_t port_;
  const std::string request_;
  int socket_ = -1;
  std::vector<char> buffer_;
  size_t begin_ = 0;  // the first byte that has been read and not used
  size_t end_ = 0;
};

// The value of a header field, or an empty view; names are compared without regard to case.
std::string_view HeaderValue(std::string_view head, std::string_view name);

}  // namespace xplenty::bench
