#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/rope.h"
#include "exposition/resent_run.h"
#include "exposition/segment.h"

namespace xplenty {

// Segments one after the other, as they are sent again and again: what that takes is put together
// once for each coding, when it is first asked for. Immutable, safe from any thread.
class SegmentRun {
 public:
  explicit SegmentRun(Segments segments);

  // Their texts, and `tail`, which is sent this once.
  Rope Text(std::string tail) const;

  // The same bytes as one gzip member (RFC 1952). Only the tail is summed, and not compressed.
  Rope Gzip(std::string tail) const;

 private:
  struct Compressed {
    std::optional<ResentRun> start{};  // of the member; it is small, so in one piece
    uint32_t crc32{};
  };
  const Compressed& InGzip() const;

  const Segments segments_;
  const ResentRun text_;
  mutable std::once_flag once_;
  mutable Compressed compressed_;
};

}  // namespace xplenty
