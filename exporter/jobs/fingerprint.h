#pragma once

#include <cstdint>
#include <string_view>

namespace xplenty {

// A 64-bit hash (FNV-1a) over a sequence of tokens: the same for the same kinds and contents.
class Fingerprint {
 public:
  void AddByte(uint8_t byte) {
    hash_ ^= byte;
    hash_ *= 0x100000001b3;
  }
  void Add(char kind) { AddByte(static_cast<uint8_t>(kind)); }
  void Add(char kind, uint64_t value) {
    Add(kind);
    for (int shift = 0; shift < 64; shift += 8) AddByte(static_cast<uint8_t>(value >> shift));
  }
  void Add(char kind, std::string_view text) {
    Add(kind, uint64_t{text.size()});
    for (const char c : text) Add(c);
  }
  uint64_t value() const { return hash_; }

 private:
  uint64_t hash_{0xcbf29ce484222325};
};

}  // namespace xplenty
