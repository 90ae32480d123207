#pragma once

#include <string>
#include <string_view>

#include "http/http_message.h"

namespace xplenty {

// Makes a plain-text response with the reason phrase of `status` and an optional detail. A 405
// lists GET and HEAD in Allow; a 503 has Retry-After: 1.
HttpResponse ErrorResponse(int status, std::string_view detail = {});

// Makes the bytes before the body (RFC 9112, section 2.1): the status line, the headers of
// `response`, security headers that it does not set itself, Date, and `Connection: close` if asked.
std::string ResponseHead(const HttpResponse& response, bool close);

}  // namespace xplenty
