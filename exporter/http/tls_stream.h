#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "http/io_result.h"
#include "http/tls_context.h"

namespace xplenty {

// The server's end of one TLS connection over a non-blocking socket. Read() performs the handshake.
// Used by one thread at a time.
class TlsStream {
 public:
  // `fd` must stay open as long as this exists.
  TlsStream(std::shared_ptr<const TlsContext> context, int fd);
  ~TlsStream();  // sends close_notify if it can be sent at once
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  IoResult Read(std::span<char> into);
  IoResult Write(std::string_view from);

  // Sends close_notify (RFC 8446, section 6.1).
  void EndWriting();

  bool in_handshake() const;
  // True if Read() can return bytes although the socket is not readable.
  bool has_buffered() const;

 private:
  IoResult FromResult(int result);

  const std::shared_ptr<const TlsContext> context_;
  const int fd_;
  ssl_st* const ssl_;  // null: out of memory
  bool broken_ = false;
};

}  // namespace xplenty
