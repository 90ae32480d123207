#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace xplenty {

// "Not Found" for 404, "" for a status that the server never sends by itself.
std::string_view ReasonPhrase(int status);

// What each response carries unless its handler or the web config has set the same header: it is
// neither guessed at, nor framed, nor may it load or run anything.
inline constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kSecurityHeaders = {
    {{"X-Content-Type-Options", "nosniff"},
     {"X-Frame-Options", "deny"},
     {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
     {"Referrer-Policy", "no-referrer"}}};

// A whole HTTP/1.1 response that needs no request to be understood: the reason as plain text, and
// `detail` behind it; the connection is closed after it. 405 names the methods in Allow.
std::string CannedResponse(int status, std::string_view detail = {});

}  // namespace xplenty
