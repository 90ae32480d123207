#pragma once

#include <string>
#include <string_view>

namespace xplenty {

// "Not Found" for 404, "" for a status that the server never sends by itself.
std::string_view ReasonPhrase(int status);

// A whole HTTP/1.1 response that needs no request to be understood: the reason as plain text, and
// the connection is closed after it. 405 names the methods in Allow.
std::string CannedResponse(int status);

}  // namespace xplenty
