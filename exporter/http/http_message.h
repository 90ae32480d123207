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

using HttpFields = std::vector<std::pair<std::string, std::string>>;

// A vetted request without a body. Values are as the client sent them, apart from `path` and
// `params`, which are percent-decoded: escape before showing, never put them into a header.
struct HttpRequest {
  std::string method{};  // GET, HEAD, POST or PUT
  std::string path{};
  std::string remote_address{};  // numeric, without the port
  HttpFields params{};
  HttpFields headers{};

  // The first value; nothing when there is no such parameter.
  std::optional<std::string_view> Param(std::string_view name) const;
  // The first value; names are compared without case.
  std::optional<std::string_view> Header(std::string_view name) const;
  // All values of a header that is a list (RFC 9110, section 5.3), joined by ", "; else "".
  std::string JoinedHeader(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  HttpFields headers{};  // beside those that ResponseHead() adds; sent as they are
  ResponseBody body{};   // sent as it is too, never compressed

  // Names are compared without case.
  bool HasHeader(std::string_view name) const;

  // A line of plain text; the newline is added.
  static HttpResponse Text(int status, std::string_view line);
};

// Called by several threads at once. What it throws becomes a 500 without detail.
using Handler = std::function<HttpResponse(const HttpRequest&)>;

struct Route {
  enum class Method { kGet, kPost };  // kGet: GET and HEAD; kPost: POST and PUT, without a body

  Handler handler{};
  Method method = Method::kGet;
  bool is_open = false;  // answered without a password, and at any rate
};

using Routes = std::map<std::string, Route, std::less<>>;  // by exact path

}  // namespace xplenty
