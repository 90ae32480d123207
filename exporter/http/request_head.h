#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "http/http_message.h"

namespace xplenty {

// The validated head of a request: all before its body (RFC 9112, section 2.1).
struct RequestHead {
  static constexpr size_t kMaxBytes = size_t{16} * 1024;
  static constexpr size_t kMaxLineBytes = size_t{8} * 1024;  // the request line
  static constexpr size_t kMaxHeaders = 64;

  HttpRequest request;  // remote_address is left to the caller
  bool close = false;   // the client wants the connection closed after the response
  size_t bytes = 0;     // length of the head in the input
};

// The head has not arrived completely.
struct HeadIncomplete {};

// A head that is refused: `status` is sent before the connection is closed.
struct HeadError {
  int status{};
};

using HeadResult = std::variant<HeadIncomplete, HeadError, RequestHead>;

// Reads one head from the front of `input`. Strict: lines end in CR LF, values contain no control
// byte but tabs, no folded lines, exactly one Host, no body, HTTP/1.0 or 1.1. Fails as soon as the
// bytes allow: 400, 405 (method), 413 (body), 414 (request line), 431 (head), 505 (version).
HeadResult ReadRequestHead(std::string_view input);

}  // namespace xplenty
