#include "api/redact.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace xplenty {
namespace {

constexpr std::string_view kRedacted = "<redacted>";

void ReplaceAll(std::string& text, std::string_view secret) {
  for (size_t at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + kRedacted.size())) {
    text.replace(at, secret.size(), kRedacted);
  }
}

// Whatever stands between "//" and the last @ of the same word.
void RedactUserParts(std::string& text) {
  size_t end = 0;  // of the word before; what is redacted has no "//"
  for (size_t at = text.find("//"); at != std::string::npos; at = text.find("//", end)) {
    const size_t begin = at + 2;
    end = std::min(text.find_first_of(" \t\r\n\"'<>", begin), text.size());
    const size_t user = std::string_view(text).substr(begin, end - begin).rfind('@');
    if (user == std::string_view::npos) continue;
    text.replace(begin, user, kRedacted);
    end = end - user + kRedacted.size();
  }
}

}  // namespace

std::string Redact(std::string_view text, const std::vector<std::string>& secrets) {
  std::string redacted(text);
  for (const std::string& secret : secrets) {
    if (!secret.empty()) ReplaceAll(redacted, secret);
  }
  RedactUserParts(redacted);
  return redacted;
}

std::string Base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string encoded;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      const size_t at = i + k;
      group = (group << 8U) | (at < bytes.size() ? static_cast<uint8_t>(bytes[at]) : 0U);
    }
    for (size_t k = 0; k < 4; ++k) {
      const bool padding = i + k > bytes.size();
      encoded += padding ? '=' : kAlphabet[(group >> (18U - 6U * k)) & 63U];
    }
  }
  return encoded;
}

}  // namespace xplenty
