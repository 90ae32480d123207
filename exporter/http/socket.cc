#include "http/socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace xplenty {
namespace {

IoResult FromResult(ssize_t result, Progress wait) {
  if (result > 0) return {Progress::kMoved, static_cast<size_t>(result)};
  if (result < 0 && (errno == EAGAIN || errno == EINTR)) return {wait, 0};
  return {Progress::kClosed, 0};
}

// The size of a TLS record (RFC 8446, section 5.1).
constexpr size_t kTlsRecordBytes = 16'384;
constexpr size_t kMaxVectors = 256;

// Copies the first bytes of the parts, as many as fit into `into`.
std::string_view Gather(std::span<const std::string_view> parts, std::span<char> into) {
  size_t size = 0;
  for (const std::string_view part : parts) {
    size += part.copy(into.data() + size, into.size() - size);
    if (size == into.size()) break;
  }
  return {into.data(), size};
}

ssize_t Send(int socket, std::span<const std::string_view> parts) {
  std::array<iovec, kMaxVectors> vectors;
  const size_t count = std::min(parts.size(), vectors.size());
  for (size_t i = 0; i < count; ++i) {
    vectors.at(i) = {.iov_base = const_cast<char*>(parts[i].data()),  // is only read
                     .iov_len = parts[i].size()};
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  // What follows at once shares the last packet of what is before.
  const int more = count < parts.size() ? MSG_MORE : 0;
  return ::sendmsg(socket, &message, MSG_NOSIGNAL | more);
}

// Removes `bytes` from the front of the parts and returns what is left.
std::span<std::string_view> RemovePrefix(std::span<std::string_view> parts, size_t bytes) {
  while (!parts.empty() && bytes >= parts.front().size()) {
    bytes -= parts.front().size();
    parts = parts.subspan(1);
  }
  if (!parts.empty()) parts.front().remove_prefix(bytes);
  return parts;
}

}  // namespace

Socket::Socket(FileDescriptor descriptor, std::shared_ptr<const TlsContext> tls)
    : descriptor_(std::move(descriptor)),
      tls_(tls ? std::make_unique<TlsStream>(std::move(tls), descriptor_.get()) : nullptr) {}

IoResult Socket::Read(std::span<char> into) {
  if (tls_) return tls_->Read(into);
  return FromResult(::recv(fd(), into.data(), into.size(), 0), Progress::kWaitReadable);
}

IoResult Socket::Write(std::span<const std::string_view> parts) {
  if (tls_) {
    std::array<char, kTlsRecordBytes> record;
    return tls_->Write(Gather(parts, record));
  }
  return FromResult(Send(fd(), parts), Progress::kWaitWritable);
}

bool Socket::WriteAll(std::span<std::string_view> parts, SteadyTime deadline) {
  using std::chrono::milliseconds;
  while (!parts.empty()) {
    const milliseconds left =
        std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left <= milliseconds(0)) return false;
    const IoResult result = Write(parts);
    switch (result.progress) {
      case Progress::kMoved:
        parts = RemovePrefix(parts, result.bytes);
        break;
      case Progress::kWaitReadable:
      case Progress::kWaitWritable: {
        const bool readable = result.progress == Progress::kWaitReadable;
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
