#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xplenty {

// The text with each occurrence of the secrets (empty ones apart), and the user part of anything
// that looks like a URL ("//user:password@"), made unreadable.
std::string Redact(std::string_view text, const std::vector<std::string>& secrets);

// Encodes bytes in Base64 with padding (RFC 4648, section 4), as HTTP Basic sends credentials.
std::string Base64(std::string_view bytes);

}  // namespace xplenty
