#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xplenty {

// The text with each occurrence of the secrets (empty ones apart), and the user part of anything
// that looks like a URL ("//user:password@"), made unreadable.
std::string Redact(std::string_view text, const std::vector<std::string>& secrets);

// RFC 4648, section 4: the form in which HTTP Basic sends its credentials.
std::string Base64(std::string_view bytes);

}  // namespace xplenty
