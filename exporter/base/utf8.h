#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace xplenty {

// Makes a text fit for a label value, a log or a page: valid UTF-8 (RFC 3629) of at most
// `max_bytes`, cut between characters. Each control character (C0, DEL, C1) and each malformed byte
// becomes U+FFFD. Pure.
std::string CleanText(std::string_view text, size_t max_bytes);

}  // namespace xplenty
