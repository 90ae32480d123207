#pragma once

#include <string>
#include <string_view>

#include "http/http_message.h"

namespace xplenty {

// The reason of a status as plain text, and `detail` behind it. 405 names the methods of a path in
// Allow, GET and HEAD; 503 asks the client back after a second.
HttpResponse Refusal(int status, std::string_view detail = {});

// What stands before the body (RFC 9112): the headers of `response`, those of security that it does
// not set itself, Date, and Connection if the connection is to be closed.
std::string ResponseHead(const HttpResponse& response, bool close);

}  // namespace xplenty
