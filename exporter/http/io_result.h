#pragma once

#include <cstddef>

namespace xplenty {

// The outcome of a non-blocking read or write.
enum class Progress {
  kMoved,         // `bytes` were read or written, at least one
  kWaitReadable,  // nothing until the socket is readable
  kWaitWritable,  // nothing until it is writable; TLS may need that for a read, too
  kClosed,        // the peer has closed its side, or the connection is broken
  kPlainHttp,     // the peer speaks plain HTTP instead of TLS
};

// A read or write: what happened, and how many bytes were moved.
struct IoResult {
  Progress progress{};
  size_t bytes{};
};

}  // namespace xplenty
