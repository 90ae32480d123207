#pragma once

#include <string_view>

#include "http/http_message.h"

namespace xplenty {

// Fills path and params from a target in origin form (RFC 9112, section 3.2.1), percent-decoded; in
// params, which are read as a form would send them, '+' is a space. A '%' without two hexadecimal
// digits behind it stands for itself, as in the URL standard, section 1.3.
void DecodeTarget(std::string_view target, HttpRequest& request);

}  // namespace xplenty
