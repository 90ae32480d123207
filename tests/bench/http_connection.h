#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace xplenty::bench {

// One keep-alive connection to 127.0.0.1 that asks the same again and again and drains what it gets
// as cheaply as it can: what it costs is the same for every server that is compared. Any failure,
// or a status other than 200, throws std::runtime_error. A server that closes after its answer is
// connected to anew, which then is part of the request.
class HttpConnection {
 public:
  struct Answer {
    std::string head;
    uint64_t body_bytes{};
  };

  HttpConnection(uint16_t port, std::string request);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // The body goes to `body` unless that is null.
  Answer Ask(std::string* body = nullptr);

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
  size_t begin_ = 0;  // of what has been read and not used
  size_t end_ = 0;
};

// The value of a header field, or nothing; names in any case.
std::string_view HeaderValue(std::string_view head, std::string_view name);

}  // namespace xplenty::bench
