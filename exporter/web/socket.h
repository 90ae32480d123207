#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/file_descriptor.h"
#include "web/tls_stream.h"
#include "web/transfer.h"

namespace xplenty {

// The bytes of one connection, over a non-blocking socket, with or without TLS: the one place
// through which they are read and written. Used by one thread at a time, but for Abort(). Never
// raises SIGPIPE.
class Socket {
 public:
  // `tls` null: without.
  Socket(FileDescriptor descriptor, std::shared_ptr<const TlsContext> tls);

  Transfer Read(std::span<char> into);
  // kMore: as other bytes follow at once, the last ones may wait for them to share a packet.
  enum class Then { kNothing, kMore };
  Transfer Write(std::string_view from, Then then = Then::kNothing);

  // Writes all of it; false when the connection breaks or `deadline` passes first.
  bool WriteAll(std::string_view from, Then then, SteadyTime deadline);

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
