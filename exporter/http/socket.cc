#include "http/socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>

#include <poll.h>
#include <sys/sendfile.h>
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
constexpr size_t kMaxVectors = 256;

// As many bytes of the chunks as `into` has room for.
std::string_view Gather(std::span<const Chunk> chunks, std::span<char> into) {
  size_t size = 0;
  for (const Chunk& chunk : chunks) {
    size += chunk.text.copy(into.data() + size, into.size() - size);
    if (size == into.size()) break;
  }
  return {into.data(), size};
}

// The chunks that are in memory alone, up to the first one of a file.
ssize_t SendMemory(int socket, std::span<const Chunk> chunks) {
  std::array<iovec, kMaxVectors> vectors;
  size_t count = 0;
  for (const Chunk& chunk : chunks) {
    if (chunk.file >= 0 || count == vectors.size()) break;
    vectors.at(count++) = {.iov_base = const_cast<char*>(chunk.text.data()),  // is only read
                           .iov_len = chunk.text.size()};
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  // What follows at once shares the last packet of what is before.
  const int more = count < chunks.size() ? MSG_MORE : 0;
  return ::sendmsg(socket, &message, MSG_NOSIGNAL | more);
}

ssize_t SendFile(int socket, const Chunk& chunk) {
  auto offset = static_cast<off_t>(chunk.file_offset);
  const ssize_t sent = ::sendfile(socket, chunk.file, &offset, chunk.text.size());
  if (sent >= 0 || (errno != EINVAL && errno != ENOSYS && errno != EPERM)) return sent;
  const Chunk copied = {.text = chunk.text};  // a sandbox does not let files be sent
  return SendMemory(socket, {&copied, 1});
}

// What is left of the chunks when `bytes` are taken off their front.
std::span<Chunk> Behind(std::span<Chunk> chunks, size_t bytes) {
  while (!chunks.empty() && bytes >= chunks.front().text.size()) {
    bytes -= chunks.front().text.size();
    chunks = chunks.subspan(1);
  }
  if (!chunks.empty()) chunks.front().RemovePrefix(bytes);
  return chunks;
}

}  // namespace

Socket::Socket(FileDescriptor descriptor, std::shared_ptr<const TlsContext> tls)
    : descriptor_(std::move(descriptor)),
      tls_(tls ? std::make_unique<TlsStream>(std::move(tls), descriptor_.get()) : nullptr) {}

Transfer Socket::Read(std::span<char> into) {
  if (tls_) return tls_->Read(into);
  return FromResult(::recv(fd(), into.data(), into.size(), 0), Progress::kWaitReadable);
}

Transfer Socket::Write(std::span<const Chunk> chunks) {
  if (tls_) {
    std::array<char, kTlsRecordBytes> record;
    return tls_->Write(Gather(chunks, record));
  }
  const Chunk& first = chunks.front();
  return FromResult(first.file >= 0 ? SendFile(fd(), first) : SendMemory(fd(), chunks),
                    Progress::kWaitWritable);
}

bool Socket::WriteAll(std::span<Chunk> chunks, SteadyTime deadline) {
  using std::chrono::milliseconds;
  while (!chunks.empty()) {
    const milliseconds left =
        std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left <= milliseconds(0)) return false;
    const Transfer transfer = Write(chunks);
    switch (transfer.progress) {
      case Progress::kMoved:
        chunks = Behind(chunks, transfer.bytes);
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
