#pragma once

#include <cstdint>
#include <optional>

namespace xplenty {

// The API's limit on requests, as its headers X-RateLimit-Limit and X-RateLimit-Remaining state it.
// A header that is missing or not a number >= 0 is absent here.
struct RateLimit {
  std::optional<int64_t> limit;      // Requests per hour, >= 0.
  std::optional<int64_t> remaining;  // Requests left of this hour, >= 0.
};

}  // namespace xplenty
