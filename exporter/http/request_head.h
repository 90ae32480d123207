#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "http/http_message.h"

namespace xplenty {

// The part of a request before its body (RFC 9112), checked.
struct RequestHead {
  static constexpr size_t kMaxBytes = size_t{16} * 1024;
  static constexpr size_t kMaxLineBytes = size_t{8} * 1024;  // the request line
  static constexpr size_t kMaxHeaders = 64;

  HttpRequest request;  // remote_address is left to the caller
  bool close = false;   // the client wants the connection closed after the response
  size_t bytes = 0;     // how much of the input it took
};

struct HeadIncomplete {};

// Why a request is refused: the status to answer with before the connection is closed.
struct HeadRefused {
  int status{};
};

using HeadResult = std::variant<HeadIncomplete, HeadRefused, RequestHead>;

// Reads one head from the front of `input`. Strict: lines end in CR LF, no other control bytes but
// tabs in values, no folded lines, one Host, no body, HTTP/1.0 or 1.1. Refuses as early as the
// bytes allow: 400, 405 (method), 413 (body), 414 (request line), 431 (head), 505 (version).
HeadResult ReadRequestHead(std::string_view input);

}  // namespace xplenty
