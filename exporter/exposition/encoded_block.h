#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace xplenty {

// A piece of an exposition that is encoded once and served many times: its text, the same text
// deflated, and its CRC-32. The deflated form is made on first demand, by one thread while others
// wait for it. Immutable; safe from any thread.
class EncodedBlock {
 public:
  explicit EncodedBlock(std::string text) : text_(std::move(text)) {}

  const std::string& text() const { return text_; }

  // The text as Deflate() returns it, so blocks can follow one another in any order in one stream.
  const std::string& deflated() const { return Compressed().bytes; }

  // Returns the CRC-32 of a text with the CRC-32 `previous` and this block's text behind it.
  uint32_t ContinueCrc32(uint32_t previous) const;

 private:
  struct Deflated {
    std::string bytes;
    uint32_t crc32{};
    uint32_t crc32_operator{};  // of the text's length: see Crc32Operator()
  };
  const Deflated& Compressed() const;

  const std::string text_;
  mutable std::once_flag once_;
  mutable Deflated deflated_;
};

using EncodedBlocks = std::vector<std::shared_ptr<const EncodedBlock>>;  // none is null

}  // namespace xplenty
