#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace xplenty {

// A piece of an exposition, compressed once and served many times: its text, and the same as
// Deflate() has it, so that segments can be put together in any order. Compressed when that is
// first asked for. Immutable, safe from any thread.
class Segment {
 public:
  explicit Segment(std::string text) : text_(std::move(text)) {}

  const std::string& text() const { return text_; }
  const std::string& deflated() const { return Compressed().blocks; }

  // The checksum of a text that this one was put behind.
  uint32_t ContinueCrc32(uint32_t before) const;

 private:
  struct Deflated {
    std::string blocks;
    uint32_t crc32{};
    uint32_t crc32_operator{};  // what zlib makes of the length
  };
  const Deflated& Compressed() const;

  const std::string text_;
  mutable std::once_flag once_;
  mutable Deflated deflated_;
};

using Segments = std::vector<std::shared_ptr<const Segment>>;  // none is null

}  // namespace xplenty
