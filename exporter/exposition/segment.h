#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>

namespace xplenty {

// A piece of an exposition, compressed once and served many times: its text and the same as raw
// DEFLATE blocks (RFC 1951, zlib's level 1, short ones stored) that end on a byte and refer to
// nothing before them, so that segments can be put together in any order. Compressed when that is
// first asked for. Immutable, safe from any thread.
class Segment {
 public:
  explicit Segment(std::string text) : text_(std::move(text)) {}

  const std::string& text() const { return text_; }
  const std::string& deflated() const { return Compressed().blocks; }
  uint32_t crc32() const { return Compressed().crc32; }

 private:
  struct Deflated {
    std::string blocks;
    uint32_t crc32{};
  };
  const Deflated& Compressed() const;

  const std::string text_;
  mutable std::once_flag once_;
  mutable Deflated deflated_;
};

using SegmentList = std::span<const std::shared_ptr<const Segment>>;

// The texts one after the other. No pointer may be null.
std::string JoinText(SegmentList segments);

// The same bytes as one gzip member (RFC 1952); nothing is compressed or summed again.
std::string JoinGzip(SegmentList segments);

}  // namespace xplenty
