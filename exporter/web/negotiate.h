#pragma once

#include <string_view>

namespace xplenty {

// Whether a client with this Accept-Encoding wants gzip rather than the plain bytes: RFC 9110,
// section 12.5.3. Weights, `*`, `identity` and `x-gzip` count; upper case and blanks are fine, a
// weight above 1 is 1, and a coding whose weight cannot be read is not used. An empty value means
// plain bytes.
bool AcceptsGzip(std::string_view accept_encoding);

}  // namespace xplenty
