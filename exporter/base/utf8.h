#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace xplenty {

// Text that may become a label value or stand in a log or page: valid UTF-8 (RFC 3629), at most
// `max_bytes` long and cut between characters. Each control character (C0, DEL, C1) and each
// malformed byte becomes U+FFFD.
std::string CleanText(std::string_view text, size_t max_bytes);

}  // namespace xplenty
