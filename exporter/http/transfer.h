#pragma once

#include <cstddef>

namespace xplenty {

// What came of an attempt to read or write.
enum class Progress {
  kMoved,         // `bytes` were read or written, at least one
  kWaitReadable,  // nothing can be moved before the socket is readable,
  kWaitWritable,  // or writable: TLS may have to write in order to read
  kClosed,        // the peer has ended its side, or the connection is broken
  kPlainHttp,     // the peer does not speak TLS, but HTTP
};

struct Transfer {
  Progress progress{};
  size_t bytes{};
};

}  // namespace xplenty
