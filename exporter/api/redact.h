#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xplenty {

// Returns the text with "<redacted>" for each occurrence of a secret that is not empty, and for the
// user part of all that looks like a URL ("//user:password@"). Pure.
std::string Redact(std::string_view text, const std::vector<std::string>& secrets);

// Encodes bytes in Base64 with padding (RFC 4648, section 4), as HTTP Basic does with credentials.
std::string Base64(std::string_view bytes);

}  // namespace xplenty
