#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/file_descriptor.h"
#include "http/io_result.h"
#include "http/tls_stream.h"

namespace xplenty {

// A non-blocking socket with or without TLS. Used by one thread at a time, except Abort(). Threads
// that write must block SIGPIPE.
class Socket {
 public:
  // A null `tls` means plain TCP.
  Socket(FileDescriptor descriptor, std::shared_ptr<const TlsContext> tls);

  // Reads what is available, without waiting.
  IoResult Read(std::span<char> into);
  // Writes as much of the parts as the socket accepts, in order. There must be at least one part,
  // and none may be empty. Only TLS copies the bytes.
  IoResult Write(std::span<const std::string_view> parts);

  // Writes all parts, waiting as needed. False if the connection breaks or `deadline` passes first.
  // Removes from the parts what it has written.
  bool WriteAll(std::span<std::string_view> parts, SteadyTime deadline);

  // Ends the sending direction: the peer reads an end of file.
  void EndWriting();

  // Ends both directions, so that a WriteAll() under way returns. Safe from any thread.
  void Abort();

  // True until the TLS handshake, which Read() performs, is complete.
  bool in_handshake() const { return tls_ && tls_->in_handshake(); }
  // True if Read() can return bytes although fd() is not readable.
  bool has_buffered() const { return tls_ && tls_->has_buffered(); }
  // Continues without TLS after kPlainHttp, so that the client can read an error.
  void GiveUpTls() { tls_.reset(); }

  int fd() const { return descriptor_.get(); }  // to poll

 private:
  FileDescriptor descriptor_;
  std::unique_ptr<TlsStream> tls_;  // uses the descriptor
};

}  // namespace xplenty
