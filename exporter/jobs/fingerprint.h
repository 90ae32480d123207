#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xplenty {

// Computes a 64-bit hash (FNV-1a) of a sequence of tokens. Each token has a kind and may have a
// value. The same sequence gives the same hash in each process and on each machine. Not
// thread-safe.
class Fingerprint {
 public:
  // Add a byte, or a token.
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

  // Returns the hash of all that was added.
  uint64_t value() const { return hash_; }

 private:
  static constexpr uint64_t kPrime = 0x100000001b3;
  // The factor by which that many zero bytes multiply the hash. Most numbers end in such bytes.
  static constexpr std::array<uint64_t, 9> kZeroBytes = [] {
    std::array<uint64_t, 9> factors{1};
    for (size_t i = 1; i < factors.size(); ++i) factors[i] = factors[i - 1] * kPrime;
    return factors;
  }();

  uint64_t hash_{0xcbf29ce484222325};
};

}  // namespace xplenty
