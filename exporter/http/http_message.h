#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/response_body.h"

namespace xplenty {

// Header or parameter names and values, in order.
using HttpFields = std::vector<std::pair<std::string, std::string>>;

// A validated request without a body. Values are as the client sent them; `path` and `params` are
// percent-decoded. All are untrusted: escape them before showing, never put them into a header.
struct HttpRequest {
  std::string method{};  // GET, HEAD, POST or PUT
  std::string path{};
  std::string remote_address{};  // numeric, without the port
  HttpFields params{};
  HttpFields headers{};

  // Returns the first value of a parameter; empty if there is none.
  std::optional<std::string_view> Param(std::string_view name) const;
  // Returns the first value of a header; names are compared without case.
  std::optional<std::string_view> Header(std::string_view name) const;
  // Returns all values of a list header, joined by ", " (RFC 9110, section 5.3); "" if none.
  std::string JoinedHeader(std::string_view name) const;
};

// What a handler returns.
struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  HttpFields headers{};  // beside those that ResponseHead() adds; sent as they are
  ResponseBody body{};   // sent as it is too, never compressed

  // True if the handler set this header; names are compared without case.
  bool HasHeader(std::string_view name) const;

  // A response with one line of plain text; the newline is added.
  static HttpResponse Text(int status, std::string_view line);
};

// Called by several threads at once. An exception becomes a 500 without detail.
using Handler = std::function<HttpResponse(const HttpRequest&)>;

// One path of the server.
struct Route {
  enum class Method { kGet, kPost };  // kGet: GET and HEAD; kPost: POST and PUT, without a body

  Handler handler{};
  Method method = Method::kGet;
  bool is_open = false;  // needs no password and has no rate limit
};

using Routes = std::map<std::string, Route, std::less<>>;  // by exact path

}  // namespace xplenty
