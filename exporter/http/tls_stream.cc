#include "http/tls_stream.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace xplenty {
namespace {

int Clamp(size_t size) {
  return static_cast<int>(std::min(size, size_t{std::numeric_limits<int>::max()}));
}

}  // namespace

TlsStream::TlsStream(std::shared_ptr<const TlsContext> context, int fd)
    : context_(std::move(context)),
      fd_(fd),
      ssl_(context_->NewConnection(&fd_)),
      broken_(ssl_ == nullptr) {}

TlsStream::~TlsStream() {
  EndWriting();
  SSL_free(ssl_);
}

IoResult TlsStream::Read(std::span<char> into) {
  if (broken_) return {Progress::kClosed, 0};
  ERR_clear_error();
  return FromResult(SSL_read(ssl_, into.data(), Clamp(into.size())));
}

IoResult TlsStream::Write(std::string_view from) {
  if (broken_ || in_handshake()) return {Progress::kClosed, 0};
  ERR_clear_error();
  return FromResult(SSL_write(ssl_, from.data(), Clamp(from.size())));
}

IoResult TlsStream::FromResult(int result) {
  if (result > 0) return {Progress::kMoved, static_cast<size_t>(result)};
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return {Progress::kWaitReadable, 0};
    case SSL_ERROR_WANT_WRITE:
      return {Progress::kWaitWritable, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {Progress::kClosed, 0};
    default:
      break;
  }
  broken_ = true;
  const bool http = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
  ERR_clear_error();
  return {http ? Progress::kPlainHttp : Progress::kClosed, 0};
}

void TlsStream::EndWriting() {
  if (broken_ || in_handshake()) return;
  if ((SSL_get_shutdown(ssl_) & SSL_SENT_SHUTDOWN) != 0) return;
  ERR_clear_error();
  if (SSL_shutdown(ssl_) < 0) ERR_clear_error();
}

bool TlsStream::in_handshake() const {
  return !broken_ && SSL_is_init_finished(ssl_) == 0;
}

bool TlsStream::has_buffered() const {
  return !broken_ && SSL_pending(ssl_) > 0;
}

}  // namespace xplenty
