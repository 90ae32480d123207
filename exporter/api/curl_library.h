#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/timestamp.h"

namespace xplenty {

// Sets up the HTTP library for the process, and takes it down when it is destroyed. The process has
// one, made before the first HttpPageSource and destroyed after the last.
class CurlGlobal {
 public:
  CurlGlobal();
  ~CurlGlobal();
  CurlGlobal(const CurlGlobal&) = delete;
  CurlGlobal& operator=(const CurlGlobal&) = delete;
};

// Returns the scheme of the API's URL, http or https. Fails (kInvalidArgument) if the URL cannot be
// used: its parts are a scheme, a host, a port and a path.
Result<std::string> SchemeOfApi(const std::string& api_url);

// Returns the time of a header field such as Date, in any format that HTTP has had (RFC 9110,
// section 5.6.7); nullopt for other text, and for times that are not from 1970 to 9999.
std::optional<Timestamp> ParseHttpDate(std::string_view text);

}  // namespace xplenty
