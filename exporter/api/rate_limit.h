#pragma once

#include <cstdint>
#include <optional>

namespace xplenty {

// What the API says of its limit of requests per hour (X-RateLimit-Limit, X-RateLimit-Remaining).
struct RateLimit {
  std::optional<int64_t> limit;      // >= 0
  std::optional<int64_t> remaining;  // >= 0
};

}  // namespace xplenty
