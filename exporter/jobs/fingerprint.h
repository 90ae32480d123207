#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xplenty {

// A 64-bit hash (FNV-1a) over a sequence of tokens: the same for the same kinds and contents.
class Fingerprint {
 public:
  void AddByte(uint8_t byte) {
    hash_ ^= byte;
    hash_ *= kPrime;
  }
  void Add(char kind) { AddByte(static_cast<uint8_t>(kind)); }
  void Add(char kind, uint64_t value) {
    Add(kind);
    size_t left = 8;
    for (; value != 0; value >>= 8, --left) AddByte(static_cast<uint8_t>(value));
    hash_ *= kZeroBytes[left];
  }
  void Add(char kind, std::string_view text) {
    Add(kind, uint64_t{text.size()});
    for (const char c : text) Add(c);
  }
  uint64_t value() const { return hash_; }

 private:
  static constexpr uint64_t kPrime = 0x100000001b3;
  // What so many zero bytes come to, which most values end in.
  static constexpr std::array<uint64_t, 9> kZeroBytes = [] {
    std::array<uint64_t, 9> factors{1};
    for (size_t i = 1; i < factors.size(); ++i) factors[i] = factors[i - 1] * kPrime;
    return factors;
  }();

  uint64_t hash_{0xcbf29ce484222325};
};

}  // namespace xplenty
