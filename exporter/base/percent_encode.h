#pragma once

#include <string>
#include <string_view>

namespace xplenty {

// As it may stand in any part of a URL: all but the unreserved characters are encoded (RFC 3986,
// section 2.3).
std::string PercentEncode(std::string_view text);

}  // namespace xplenty
