#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/response_body.h"
#include "exposition/encoded_block.h"
#include "exposition/format.h"

namespace xplenty {

// Blocks one after the other as a response body, which can be completed any number of times. In
// gzip the body is one member (RFC 1952), made of what the blocks keep deflated: only a block that
// never was is compressed. Immutable; safe from any thread.
class JoinedBody {
 public:
  JoinedBody(const EncodedBlocks& blocks, Coding coding);

  // Returns the whole body, with `tail` as the end of its text. Copies pointers and the tail only.
  // In gzip the tail is stored, not compressed.
  ResponseBody With(std::string tail) const;

 private:
  const Coding coding_;
  size_t text_bytes_ = 0;  // of all blocks
  uint32_t crc32_ = 0;     // of their text; in gzip alone
  ResponseBody start_;     // all that precedes the tail
};

}  // namespace xplenty
