#pragma once

#include <string_view>

#include "http/http_message.h"

namespace xplenty {

// Sets path and params from a target in origin form (RFC 9112, section 3.2.1), percent-decoded. In
// params a '+' is a space, as in submitted forms. A '%' that two hexadecimal digits do not follow
// is kept (URL Standard, section 1.3).
void DecodeTarget(std::string_view target, HttpRequest& request);

}  // namespace xplenty
