#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>

#include "base/rope.h"
#include "exposition/segment.h"

namespace xplenty {

// Segments one after the other, as they are sent again and again: what that takes is put together
// once for each coding, when it is first asked for. Deflated they are so small that one piece is
// made of them. Immutable, safe from any thread.
class SegmentRun {
 public:
  explicit SegmentRun(Segments segments);

  const std::shared_ptr<const Rope::Run>& text() const { return text_; }
  const std::shared_ptr<const Rope::Run>& deflated() const { return Compressed().blocks; }

  // As Segment's, of all of them.
  uint32_t ContinueCrc32(uint32_t before) const;

 private:
  struct Deflated {
    std::shared_ptr<const Rope::Run> blocks;
    uint32_t crc32{};
    uint32_t crc32_operator{};
  };
  const Deflated& Compressed() const;

  const Segments segments_;
  const std::shared_ptr<const Rope::Run> text_;
  mutable std::once_flag once_;
  mutable Deflated deflated_;
};

using SegmentRuns = std::initializer_list<const SegmentRun*>;  // none is null

// The texts one after the other.
Rope JoinText(SegmentRuns runs);

// The same bytes as one gzip member (RFC 1952); nothing is compressed or summed again.
Rope JoinGzip(SegmentRuns runs);

}  // namespace xplenty
