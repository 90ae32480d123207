#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/file_descriptor.h"
#include "http/tls_stream.h"
#include "http/transfer.h"

namespace xplenty {

// The bytes of one connection, over a non-blocking socket, with or without TLS: the one place
// through which they are read and written. Used by one thread at a time, but for Abort(). A broken
// connection never raises SIGPIPE.
class Socket {
 public:
  // `tls` null: without.
  Socket(FileDescriptor descriptor, std::shared_ptr<const TlsContext> tls);

  Transfer Read(std::span<char> into);
  // Writes as much of the parts as it can, in their order; only TLS copies them together. There is
  // at least one part, and none is empty.
  Transfer Write(std::span<const std::string_view> parts);

  // Writes all of them; false when the connection breaks or `deadline` passes first. Shortens the
  // parts by what it writes.
  bool WriteAll(std::span<std::string_view> parts, SteadyTime deadline);

  // Tells the peer that nothing more will be written.
  void EndWriting();

  // Ends both directions: whoever waits in WriteAll() returns. From any thread.
  void Abort();

  // Whether the handshake of TLS, which is part of Read(), is not at its end yet.
  bool in_handshake() const { return tls_ && tls_->in_handshake(); }
  // Whether bytes are here that Read() gives although fd() is not readable.
  bool has_buffered() const { return tls_ && tls_->has_buffered(); }
  // After kPlainHttp: goes on without TLS, as the peer does.
  void GiveUpTls() { tls_.reset(); }

  int fd() const { return descriptor_.get(); }  // to poll

 private:
  FileDescriptor descriptor_;
  std::unique_ptr<TlsStream> tls_;  // uses the descriptor
};

}  // namespace xplenty
