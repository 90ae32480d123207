#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace xplenty {

// A piece of an exposition, compressed once and served many times: its text and the same as raw
// DEFLATE blocks (RFC 1951, zlib's level 1) that end on a byte and refer to nothing before them,
// so that segments can be put together in any order. Immutable, safe from any thread.
class Segment {
 public:
  explicit Segment(std::string text);

  const std::string& text() const { return text_; }
  const std::string& deflated() const { return deflated_; }
  uint32_t crc32() const { return crc32_; }

 private:
  std::string text_;
  std::string deflated_;
  uint32_t crc32_{};
};

using SegmentList = std::span<const std::shared_ptr<const Segment>>;

// The texts one after the other. No pointer may be null.
std::string JoinText(SegmentList segments);

// The same bytes as one gzip member (RFC 1952); nothing is compressed or summed again.
std::string JoinGzip(SegmentList segments);

}  // namespace xplenty
