#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/timestamp.h"
#include "model/rate_limit.h"

namespace xplenty {

// The header fields of one response. Names are compared without case (RFC 9110, section 5.1). Not
// thread-safe.
class HttpHeaders {
 public:
  // Add a field. AddLine() takes "Name: value", with or without its line end, and ignores any other
  // line. Blanks around the value are dropped.
  void AddLine(std::string_view line);
  void Add(std::string_view name, std::string_view value);

  // Returns the value of the first field of that name. It is valid until the next Add().
  std::optional<std::string_view> Find(std::string_view name) const;

  // Returns the time of the field Date, of the years 1970 to 9999. Returns nothing if the field is
  // missing or no date. It takes all forms of RFC 9110, section 5.6.7, and anything else
  // curl_getdate(3) takes for a date.
  std::optional<Timestamp> Date() const;

  // Returns the wait that Retry-After asks for (RFC 9110, section 10.2.3), 0 s to 1 h. A date
  // counts from the response's own Date, and is ignored without one.
  std::optional<std::chrono::seconds> RetryAfter() const;

  // Returns whether a field Link (RFC 8288) names a next page.
  bool HasNextLink() const;

  // Returns X-RateLimit-Limit and X-RateLimit-Remaining, each absent if it is no number >= 0.
  RateLimit ReadRateLimit() const;

 private:
  struct Field {
    std::string name;
    std::string value;
  };
  std::vector<Field> fields_;
};

}  // namespace xplenty
