#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/rate_limit.h"
#include "base/timestamp.h"

namespace xplenty {

// The header fields of one answer; names are compared without case (RFC 9110, section 5.1).
class HttpHeaders {
 public:
  // One field line, "Name: value", with or without its line end; anything else is ignored.
  void AddLine(std::string_view line);
  void Add(std::string_view name, std::string_view value);

  // The first such field's value, blanks around it removed; valid until the next change.
  std::optional<std::string_view> Find(std::string_view name) const;

  // The time of the Date field, from 1970 to the year 9999. Empty without one or for no date. All
  // forms of RFC 9110, section 5.6.7 are read, and what else curl_getdate(3) takes for a date.
  std::optional<Timestamp> Date() const;

  // Retry-After (RFC 9110, section 10.2.3), at most an hour. A date counts from the answer's own
  // Date and is ignored without one.
  std::optional<std::chrono::seconds> RetryAfter() const;

  // Whether a Link (RFC 8288) leads to a next page.
  bool HasNextLink() const;

  RateLimit ReadRateLimit() const;

 private:
  struct Field {
    std::string name;
    std::string value;
  };
  std::vector<Field> fields_;
};

}  // namespace xplenty
