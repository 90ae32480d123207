#pragma once

#include <chrono>
#include <optional>

namespace xplenty {

// Returns how long to wait before a retry: random * min(30 s, 500 ms * 2^attempt), which is
// exponential backoff with full jitter, but no less than the server asks for. `attempt` counts from
// 0, and `random` is in [0, 1). Pure.
std::chrono::milliseconds BackoffDelay(int attempt, double random,
                                       std::optional<std::chrono::seconds> retry_after);

}  // namespace xplenty
