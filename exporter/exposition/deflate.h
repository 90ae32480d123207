#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace xplenty {

// A text as raw DEFLATE blocks (RFC 1951) that end on a byte and refer to nothing before them.
// Deflate() compresses, quickly rather than well (zlib's level 1), what is not too short for that;
// Store() does not.
std::string Deflate(std::string_view text);
std::string Store(std::string_view text);

// As gzip has it (RFC 1952, section 8): of a text, put behind one with the checksum `before`.
uint32_t Crc32(std::string_view text, uint32_t before = 0);

// The checksum of a text and another one behind it, from the checksums of both and the operator of
// the second one's length.
uint32_t Crc32Operator(uint64_t length);
uint32_t CombineCrc32(uint32_t first, uint32_t second, uint32_t second_operator);

}  // namespace xplenty
