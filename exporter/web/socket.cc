#include "web/socket.h"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <poll.h>
#include <sys/socket.h>

namespace xplenty {
namespace {

Socket::Transfer FromResult(ssize_t result) {
  using Progress = Socket::Progress;
  if (result > 0) return {Progress::kMoved, static_cast<size_t>(result)};
  if (result < 0 && (errno == EAGAIN || errno == EINTR)) return {Progress::kWait, 0};
  return {Progress::kClosed, 0};
}

}  // namespace

Socket::Transfer Socket::Read(std::span<char> into) {
  return FromResult(::recv(fd(), into.data(), into.size(), 0));
}

Socket::Transfer Socket::Write(std::string_view from) {
  return FromResult(::send(fd(), from.data(), from.size(), MSG_NOSIGNAL));
}

bool Socket::WriteAll(std::string_view from, SteadyTime deadline) {
  using std::chrono::milliseconds;
  while (!from.empty()) {
    const milliseconds left =
        std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left <= milliseconds(0)) return false;
    const Transfer transfer = Write(from);
    switch (transfer.progress) {
      case Progress::kMoved:
        from.remove_prefix(transfer.bytes);
        break;
      case Progress::kWait: {
        pollfd writable{.fd = fd(), .events = POLLOUT, .revents = 0};
        constexpr milliseconds kMaxWait(60'000);
        ::poll(&writable, 1, static_cast<int>(std::min(left, kMaxWait).count()));
        break;
      }
      case Progress::kClosed:
        return false;
    }
  }
  return true;
}

void Socket::EndWriting() {
  ::shutdown(fd(), SHUT_WR);
}

void Socket::Abort() {
  ::shutdown(fd(), SHUT_RDWR);
}

}  // namespace xplenty
