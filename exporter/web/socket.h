#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "web/file_descriptor.h"

namespace xplenty {

// The bytes of one connection, over a non-blocking socket: the one place through which they are
// read and written. Used by one thread at a time, but for Abort(). Never raises SIGPIPE.
class Socket {
 public:
  enum class Progress {
    kMoved,   // `bytes` were read or written, at least one
    kWait,    // nothing can be moved now
    kClosed,  // the peer has ended its side, or the connection is broken
  };
  struct Transfer {
    Progress progress{};
    size_t bytes{};
  };

  explicit Socket(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}

  Transfer Read(std::span<char> into);
  Transfer Write(std::string_view from);

  // Writes all of it; false when the connection breaks or `deadline` passes first.
  bool WriteAll(std::string_view from, SteadyTime deadline);

  // Tells the peer that nothing more will be written.
  void EndWriting();

  // Ends both directions: whoever waits in WriteAll() returns. From any thread.
  void Abort();

  int fd() const { return descriptor_.get(); }  // to poll

 private:
  FileDescriptor descriptor_;
};

}  // namespace xplenty
