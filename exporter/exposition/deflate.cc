#include "exposition/deflate.h"

#include <array>
#include <limits>
#include <new>

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

}  // namespace

std::string Deflate(std::string_view text) {
  constexpr size_t kShort = 256;
  return text.size() < kShort ? Store(text) : Deflater().Run(text);
}

// RFC 1951, section 3.2.4.
std::string Store(std::string_view text) {
  constexpr size_t kLongest = 0xFFFF;
  std::string blocks;
  blocks.reserve(text.size() + 5 * (text.size() / kLongest + 1));
  do {
    const std::string_view block = text.substr(0, kLongest);
    text.remove_prefix(block.size());
    const auto size = static_cast<unsigned>(block.size());
    blocks += '\0';
    for (const unsigned length : {size, ~size}) {
      blocks += static_cast<char>(length & 0xFF);
      blocks += static_cast<char>((length >> 8) & 0xFF);
    }
    blocks += block;
  } while (!text.empty());
  return blocks;
}

uint32_t Crc32(std::string_view text, uint32_t before) {
  return static_cast<uint32_t>(
      crc32_z(before, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

uint32_t Crc32Operator(uint64_t length) {
  return static_cast<uint32_t>(crc32_combine_gen(static_cast<z_off_t>(length)));
}

uint32_t CombineCrc32(uint32_t first, uint32_t second, uint32_t second_operator) {
  return static_cast<uint32_t>(crc32_combine_op(first, second, second_operator));
}

}  // namespace xplenty
