#include "exposition/segment.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <string_view>

#include <zlib.h>

namespace xplenty {
namespace {

// Owns zlib's state while one text is compressed.
class Deflater {
 public:
  Deflater() {
    constexpr int kRawWindowBits = -15;
    constexpr int kMemoryLevel = 8;
    if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, kRawWindowBits, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();  // the parameters are right, so it is memory that was missing
    }
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  // Compresses all of `text` and ends the last block on a byte.
  std::string Run(std::string_view text) {
    constexpr size_t kMaxChunk = std::numeric_limits<uInt>::max();
    std::string out;
    while (!text.empty()) {
      const std::string_view chunk = text.substr(0, kMaxChunk);
      text.remove_prefix(chunk.size());
      // zlib does not write through it; next_in is not const for old callers' sake.
      stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(chunk.data()));
      stream_.avail_in = static_cast<uInt>(chunk.size());
      Drain(text.empty() ? Z_FULL_FLUSH : Z_NO_FLUSH, out);
    }
    out.shrink_to_fit();
    return out;
  }

 private:
  void Drain(int flush, std::string& out) {
    std::array<Bytef, 16384> buffer;
    do {
      stream_.next_out = buffer.data();
      stream_.avail_out = static_cast<uInt>(buffer.size());
      deflate(&stream_, flush);
      out.append(reinterpret_cast<const char*>(buffer.data()), buffer.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

  z_stream stream_{};
};

// As a stored block (RFC 1951, section 3.2.4): what is short is not worth the compressor's set-up.
std::string StoredBlock(std::string_view text) {
  const auto size = static_cast<unsigned>(text.size());
  std::string block(1, '\0');
  for (const unsigned length : {size, ~size}) {
    block += static_cast<char>(length & 0xFF);
    block += static_cast<char>((length >> 8) & 0xFF);
  }
  return block.append(text);
}

uint32_t Crc32Of(std::string_view text) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

void AppendLittleEndian(uint32_t value, std::string& out) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out += static_cast<char>((value >> shift) & 0xFF);
  }
}

}  // namespace

const Segment::Deflated& Segment::Compressed() const {
  constexpr size_t kShort = 256;
  std::call_once(once_, [this] {
    deflated_ = {.blocks = text_.size() < kShort ? StoredBlock(text_) : Deflater().Run(text_),
                 .crc32 = Crc32Of(text_)};
  });
  return deflated_;
}

std::string JoinText(SegmentList segments) {
  size_t size = 0;
  for (const auto& segment : segments) size += segment->text().size();
  std::string out;
  out.reserve(size);
  for (const auto& segment : segments) out += segment->text();
  return out;
}

std::string JoinGzip(SegmentList segments) {
  // Magic number, DEFLATE, no flags, no time, "fastest", unknown system.
  constexpr std::string_view kHeader("\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff", 10);
  constexpr std::string_view kFinalBlock("\x03\x00", 2);  // the last one, empty
  constexpr size_t kTrailerBytes = 8;
  size_t size = kHeader.size() + kFinalBlock.size() + kTrailerBytes;
  for (const auto& segment : segments) size += segment->deflated().size();
  std::string out;
  out.reserve(size);
  out += kHeader;
  uLong crc = crc32_z(0, nullptr, 0);
  uint64_t length = 0;
  for (const auto& segment : segments) {
    out += segment->deflated();
    const size_t bytes = segment->text().size();
    crc = crc32_combine(crc, segment->crc32(), static_cast<z_off_t>(bytes));
    length += bytes;
  }
  out += kFinalBlock;
  AppendLittleEndian(static_cast<uint32_t>(crc), out);
  AppendLittleEndian(static_cast<uint32_t>(length), out);  // modulo 2^32, as section 2.3.1 has it
  return out;
}

}  // namespace xplenty
