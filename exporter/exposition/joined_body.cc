#include "exposition/joined_body.h"

#include <string_view>
#include <utility>

#include "exposition/deflate.h"

namespace xplenty {
namespace {

// RFC 1952, section 2.3: magic number, DEFLATE, no flags, no time, "fastest", unknown system.
constexpr std::string_view kGzipHeader("\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff", 10);
// RFC 1951, section 3.2.3: a last block, which is empty.
constexpr std::string_view kFinalBlock("\x03\x00", 2);

void AppendLittleEndian(uint32_t value, std::string& out) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out += static_cast<char>((value >> shift) & 0xFF);
  }
}

// Returns all of a member but its end. It is small, and sent faster in one part than in many.
std::string StartOfGzip(const EncodedBlocks& blocks) {
  size_t bytes = kGzipHeader.size();
  for (const auto& block : blocks) bytes += block->deflated().size();
  std::string start;
  start.reserve(bytes);
  start += kGzipHeader;
  for (const auto& block : blocks) start += block->deflated();
  return start;
}

}  // namespace

JoinedBody::JoinedBody(const EncodedBlocks& blocks, Coding coding) : coding_(coding) {
  if (coding == Coding::kGzip) start_.Append(StartOfGzip(blocks));
  for (const auto& block : blocks) {
    text_bytes_ += block->text().size();
    if (coding == Coding::kGzip) {
      crc32_ = block->ContinueCrc32(crc32_);
    } else {
      start_.Append(ResponseBody::Part(block, &block->text()));
    }
  }
}

ResponseBody JoinedBody::With(std::string tail) const {
  ResponseBody body = start_;
  if (coding_ == Coding::kGzip) {
    std::string end = Store(tail);
    end += kFinalBlock;
    AppendLittleEndian(Crc32(tail, crc32_), end);
    // Modulo 2^32, as RFC 1952, section 2.3.1 says.
    AppendLittleEndian(static_cast<uint32_t>(text_bytes_ + tail.size()), end);
    tail = std::move(end);
  }
  body.Append(std::move(tail));
  return body;
}

}  // namespace xplenty
