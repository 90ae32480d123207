#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "http/tls_context.h"
#include "http/transfer.h"

namespace xplenty {

// The server's end of one TLS connection over a non-blocking socket. The handshake goes on inside
// of Read(). Used by one thread at a time.
class TlsStream {
 public:
  // `fd` must outlive it.
  TlsStream(std::shared_ptr<const TlsContext> context, int fd);
  ~TlsStream();  // says goodbye, if the connection is whole and can take it at once
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  Transfer Read(std::span<char> into);
  Transfer Write(std::string_view from);

  // Tells the peer that nothing more will be written.
  void EndWriting();

  bool in_handshake() const;
  // Whether bytes are here that Read() gives although the socket is not readable.
  bool has_buffered() const;

 private:
  Transfer FromResult(int result);

  const std::shared_ptr<const TlsContext> context_;
  const int fd_;
  ssl_st* const ssl_;  // null: out of memory
  bool broken_ = false;
};

}  // namespace xplenty
