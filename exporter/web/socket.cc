#include "web/socket.h"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <poll.h>
#include <sys/socket.h>

namespace xplenty {
namespace {

Transfer FromResult(ssize_t result, Progress wait) {
  if (result > 0) return {Progress::kMoved, static_cast<size_t>(result)};
  if (result < 0 && (errno == EAGAIN || errno == EINTR)) return {wait, 0};
  return {Progress::kClosed, 0};
}

}  // namespace

Socket::Socket(FileDescriptor descriptor, std::shared_ptr<const TlsContext> tls)
    : descriptor_(std::move(descriptor)),
      tls_(tls ? std::make_unique<TlsStream>(std::move(tls), descriptor_.get()) : nullptr) {}

Transfer Socket::Read(std::span<char> into) {
  if (tls_) return tls_->Read(into);
  return FromResult(::recv(fd(), into.data(), into.size(), 0), Progress::kWaitReadable);
}

Transfer Socket::Write(std::string_view from, Then then) {
  if (tls_) return tls_->Write(from);
  const int flags = MSG_NOSIGNAL | (then == Then::kMore ? MSG_MORE : 0);
  return FromResult(::send(fd(), from.data(), from.size(), flags), Progress::kWaitWritable);
}

bool Socket::WriteAll(std::string_view from, Then then, SteadyTime deadline) {
  using std::chrono::milliseconds;
  while (!from.empty()) {
    const milliseconds left =
        std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left <= milliseconds(0)) return false;
    const Transfer transfer = Write(from, then);
    switch (transfer.progress) {
      case Progress::kMoved:
        from.remove_prefix(transfer.bytes);
        break;
      case Progress::kWaitReadable:
      case Progress::kWaitWritable: {
        const bool readable = transfer.progress == Progress::kWaitReadable;
        pollfd ready{
            .fd = fd(), .events = static_cast<short>(readable ? POLLIN : POLLOUT), .revents = 0};
        constexpr milliseconds kMaxWait(60'000);
        ::poll(&ready, 1, static_cast<int>(std::min(left, kMaxWait).count()));
        break;
      }
      case Progress::kClosed:
      case Progress::kPlainHttp:
        return false;
    }
  }
  return true;
}

void Socket::EndWriting() {
  if (tls_) tls_->EndWriting();
  ::shutdown(fd(), SHUT_WR);
}

void Socket::Abort() {
  ::shutdown(fd(), SHUT_RDWR);
}

}  // namespace xplenty
