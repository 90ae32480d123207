#include "base/label_text.h"

#include <array>

#include <openssl/sha.h>

#include "base/utf8.h"

namespace xplenty {
namespace {

constexpr std::string_view kMark = "\xE2\x80\xA6";  // the ellipsis
constexpr size_t kDigestBytes = 4;
constexpr size_t kRestBytes = kMaxLabelBytes - kMark.size() - 2 * kDigestBytes;
constexpr size_t kLongestCharacter = 4;  // in bytes

std::string Digest(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  // The bytes of a text are unsigned to OpenSSL.
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
  std::string digest;
  for (size_t i = 0; i < kDigestBytes; ++i) {
    digest += kDigits[hash[i] >> 4U];
    digest += kDigits[hash[i] & 0xFU];
  }
  return digest;
}

}  // namespace

std::string LabelText(std::string_view name) {
  std::string clean = CleanText(name, kMaxLabelBytes + kLongestCharacter);
  if (clean.size() <= kMaxLabelBytes) return clean;
  return CleanText(name, kRestBytes).append(kMark).append(Digest(name));
}

}  // namespace xplenty
