#include "api/redact.h"

#include <algorithm>
#include <cstddef>

#include <openssl/evp.h>

namespace xplenty {
namespace {

constexpr std::string_view kRedacted = "<redacted>";

void ReplaceAll(std::string& text, std::string_view secret) {
  for (size_t at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + kRedacted.size())) {
    text.replace(at, secret.size(), kRedacted);
  }
}

// Replaces what stands between "//" and the last @ of the same word.
void RedactUserParts(std::string& text) {
  size_t end = 0;  // of the previous word
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
  std::string encoded((bytes.size() + 2) / 3 * 4, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return encoded;
}

}  // namespace xplenty
