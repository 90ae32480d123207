#include "unit/http/http_client.h"

#include <array>
#include <charconv>

#include <gtest/gtest.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/ascii.h"

namespace xplenty {
namespace {

constexpr std::chrono::minutes kDeadline(10);

FileDescriptor Connect(const std::string& address, int receive_bytes) {
  const size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  if (host == "::") host = "::1";
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* info = nullptr;
  if (::getaddrinfo(host.c_str(), address.c_str() + colon + 1, &hints, &info) != 0) return {};
  FileDescriptor socket(::socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (receive_bytes > 0) {
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  }
  const int failure = ::connect(socket.get(), info->ai_addr, info->ai_addrlen);
  ::freeaddrinfo(info);
  return failure == 0 ? std::move(socket) : FileDescriptor();
}

}  // namespace

std::string HttpClient::Response::Header(std::string_view name) const {
  std::string values;
  std::string_view rest = head;
  TakeUntil(rest, '\n');
  while (!rest.empty()) {
    std::string_view value = TakeUntil(rest, '\n');
    if (!EqualsIgnoringCase(TakeUntil(value, ':'), name)) continue;
    if (value.ends_with('\r')) value.remove_suffix(1);
    if (!values.empty()) values += ", ";
    values += TrimBlanks(value);
  }
  return values;
}

HttpClient::HttpClient(const std::string& address, int receive_bytes)
    : descriptor_(Connect(address, receive_bytes)) {}

void HttpClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

void HttpClient::EndSending() {
  ::shutdown(descriptor_.get(), SHUT_WR);
}

void HttpClient::Reset() {
  const linger none{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_.get(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
  descriptor_ = FileDescriptor();
}

bool HttpClient::HasInput(std::chrono::milliseconds wait) const {
  pollfd readable{.fd = descriptor_.get(), .events = POLLIN, .revents = 0};
  return ::poll(&readable, 1, static_cast<int>(wait.count())) > 0;
}

bool HttpClient::ReadMore() {
  if (!HasInput(kDeadline)) {
    ADD_FAILURE() << "the server has neither sent anything nor closed the connection";
    return false;
  }
  std::array<char, 65536> buffer;
  const ssize_t received = ::recv(descriptor_.get(), buffer.data(), buffer.size(), 0);
  if (received <= 0) return false;
  input_.append(buffer.data(), static_cast<size_t>(received));
  return true;
}

HttpClient::Response HttpClient::Read(bool head_only) {
  size_t end = std::string::npos;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!ReadMore()) return {};
  }
  Response response;
  response.head = input_.substr(0, end + 2);
  input_.erase(0, end + 4);
  const std::string length = response.Header("Content-Length");
  size_t bytes = 0;
  std::from_chars(length.data(), length.data() + length.size(), bytes);
  if (head_only) bytes = 0;
  while (input_.size() < bytes) {
    if (!ReadMore()) return {};
  }
  response.body = input_.substr(0, bytes);
  input_.erase(0, bytes);
  constexpr size_t kStatusAt = 9;  // behind "HTTP/1.1 "
  std::from_chars(response.head.data() + kStatusAt, response.head.data() + kStatusAt + 3,
                  response.status);
  return response;
}

HttpClient::Response HttpClient::Get(const std::string& target, const std::string& more_headers) {
  Send("GET " + target + " HTTP/1.1\r\nHost: test\r\n" + more_headers + "\r\n");
  return Read();
}

bool HttpClient::IsClosed() {
  while (ReadMore()) input_.clear();
  return HasInput(std::chrono::milliseconds(0));
}

std::string HttpClient::ReadAll() {
  while (ReadMore()) continue;
  return std::move(input_);
}

}  // namespace xplenty
