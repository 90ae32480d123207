#include "bench/http_connection.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xplenty::bench {
namespace {

constexpr size_t kBufferBytes = size_t{256} << 10U;

[[noreturn]] void Fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

bool SameName(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  });
}

uint64_t ToNumber(std::string_view text, int base) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{} || end == text.data()) {
    throw std::runtime_error("not a number: " + std::string(text));
  }
  return number;
}

}  // namespace

std::string_view HeaderValue(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || !SameName(line.substr(0, colon), name)) continue;
    const size_t first = line.find_first_not_of(' ', colon + 1);
    return first == std::string_view::npos ? std::string_view() : line.substr(first);
  }
  return {};
}

HttpConnection::HttpConnection(uint16_t port, std::string request)
    : port_(port), request_(std::move(request)), buffer_(kBufferBytes) {}

HttpConnection::~HttpConnection() {
  Close();
}

void HttpConnection::Connect() {
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) Fail("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr generic{};
  std::memcpy(&generic, &address, sizeof(address));
  if (connect(socket_, &generic, sizeof(address)) != 0) Fail("connect");
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  begin_ = end_ = 0;
}

void HttpConnection::Close() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

void HttpConnection::Send() {
  size_t sent = 0;
  while (sent < request_.size()) {
    const ssize_t count =
        send(socket_, request_.data() + sent, request_.size() - sent, MSG_NOSIGNAL);
    if (count < 0) Fail("send");
    sent += static_cast<size_t>(count);
  }
}

bool HttpConnection::Fill() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == buffer_.size()) {  // the buffer ends within a line
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), buffer_.end(),
              buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) throw std::runtime_error("a line longer than the buffer");
  const ssize_t count = recv(socket_, buffer_.data() + end_, buffer_.size() - end_, 0);
  if (count < 0) Fail("recv");
  end_ += static_cast<size_t>(count);
  return count > 0;
}

std::string HttpConnection::ReadLine() {
  size_t seen = begin_;
  while (true) {
    const auto first = buffer_.begin() + static_cast<std::ptrdiff_t>(seen);
    const auto last = buffer_.begin() + static_cast<std::ptrdiff_t>(end_);
    const auto found = std::find(first, last, '\n');
    if (found != last) {
      const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(begin_);
      std::string line(begin, found + 1);
      begin_ += line.size();
      return line;
    }
    const size_t kept = end_ - begin_;
    if (!Fill()) throw std::runtime_error("the response ends within a line");
    seen = begin_ + kept;
  }
}

std::string HttpConnection::ReadHead() {
  std::string head;
  while (true) {
    const std::string line = ReadLine();
    if (line == "\r\n") return head;
    head += line;
  }
}

uint64_t HttpConnection::ReadBytes(uint64_t count, std::string* body) {
  uint64_t left = count;
  while (left > 0) {
    if (begin_ == end_ && !Fill()) throw std::runtime_error("the response ends within its body");
    const size_t part = static_cast<size_t>(std::min<uint64_t>(left, end_ - begin_));
    if (body != nullptr) body->append(buffer_.data() + begin_, part);
    begin_ += part;
    left -= part;
  }
  return count;
}

uint64_t HttpConnection::ReadChunks(std::string* body) {
  uint64_t total = 0;
  while (true) {
    const uint64_t size = ToNumber(ReadLine(), 16);
    total += ReadBytes(size, body);
    while (size == 0 && ReadLine() != "\r\n") {
    }  // trailers
    if (size == 0) return total;
    ReadLine();
  }
}

uint64_t HttpConnection::ReadToEnd(std::string* body) {
  uint64_t total = 0;
  while (begin_ != end_ || Fill()) total += ReadBytes(end_ - begin_, body);
  return total;
}

HttpConnection::Response HttpConnection::Fetch(std::string* body) {
  if (socket_ < 0) Connect();
  Send();
  Response response{.head = ReadHead(), .body_bytes = 0};
  const std::string status = response.head.substr(0, response.head.find('\r'));
  if (status.find(" 200") == std::string::npos) throw std::runtime_error("answered " + status);
  const std::string_view length = HeaderValue(response.head, "Content-Length");
  bool ended = SameName(HeaderValue(response.head, "Connection"), "close") ||
               (status.starts_with("HTTP/1.0") &&
                !SameName(HeaderValue(response.head, "Connection"), "keep-alive"));
  if (SameName(HeaderValue(response.head, "Transfer-Encoding"), "chunked")) {
    response.body_bytes = ReadChunks(body);
  } else if (!length.empty()) {
    response.body_bytes = ReadBytes(ToNumber(length, 10), body);
  } else {
    response.body_bytes = ReadToEnd(body);
    ended = true;
  }
  if (ended) Close();
  return response;
}

}  // namespace xplenty::bench
