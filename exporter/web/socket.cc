#include "web/socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace xplenty {
namespace {

Transfer FromResult(ssize_t result, Progress wait) {
  if (result > 0) return {Progress::kMoved, static_cast<size_t>(result)};
  if (result < 0 && (errno == EAGAIN || errno == EINTR)) return {wait, 0};
  return {Progress::kClosed, 0};
}

// RFC 8446, section 5.1: more of them than fit would make a small record of the rest.
constexpr size_t kTlsRecordBytes = 16'384;
constexpr size_t kMaxPieces = 256;

// As many bytes of the pieces as `into` has room for.
std::string_view Gather(std::span<const std::string_view> pieces, std::span<char> into) {
  size_t size = 0;
  for (const std::string_view piece : pieces) {
    size += piece.copy(into.data() + size, into.size() - size);
    if (size == into.size()) break;
  }
  return {into.data(), size};
}

// What is left of the pieces when `bytes` are taken off their front.
std::span<std::string_view> Behind(std::span<std::string_view> pieces, size_t bytes) {
  while (!pieces.empty() && bytes >= pieces.front().size()) {
    bytes -= pieces.front().size();
    pieces = pieces.subspan(1);
  }
  if (!pieces.empty()) pieces.front().remove_prefix(bytes);
  return pieces;
}

}  // namespace

Socket::Socket(FileDescriptor descriptor, std::shared_ptr<const TlsContext> tls)
    : descriptor_(std::move(descriptor)),
      tls_(tls ? std::make_unique<TlsStream>(std::move(tls), descriptor_.get()) : nullptr) {}

Transfer Socket::Read(std::span<char> into) {
  if (tls_) return tls_->Read(into);
  return FromResult(::recv(fd(), into.data(), into.size(), 0), Progress::kWaitReadable);
}

Transfer Socket::Write(std::span<const std::string_view> pieces) {
  if (tls_) {
    std::array<char, kTlsRecordBytes> record;
    return tls_->Write(Gather(pieces, record));
  }
  std::array<iovec, kMaxPieces> vectors;
  const size_t count = std::min(pieces.size(), vectors.size());
  std::ranges::transform(pieces.first(count), vectors.begin(), [](std::string_view piece) {
    return iovec{.iov_base = const_cast<char*>(piece.data()), .iov_len = piece.size()};  // is read
  });
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  // What follows at once shares the last packet of what is before.
  const int more = count < pieces.size() ? MSG_MORE : 0;
  return FromResult(::sendmsg(fd(), &message, MSG_NOSIGNAL | more), Progress::kWaitWritable);
}

bool Socket::WriteAll(std::span<std::string_view> pieces, SteadyTime deadline) {
  using std::chrono::milliseconds;
  while (!pieces.empty()) {
    const milliseconds left =
        std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left <= milliseconds(0)) return false;
    const Transfer transfer = Write(pieces);
    switch (transfer.progress) {
      case Progress::kMoved:
        pieces = Behind(pieces, transfer.bytes);
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
