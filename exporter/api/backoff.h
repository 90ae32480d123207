#pragma once

#include <chrono>
#include <optional>

namespace xplenty {

// How long to wait before a retry: exponential with full jitter, random * min(30 s, 500 ms *
// 2^attempt), but no less than the server asks for. `attempt` counts from 0, `random` is in
// [0, 1). Pure.
std::chrono::milliseconds BackoffDelay(int attempt, double random,
                                       std::optional<std::chrono::seconds> retry_after);

}  // namespace xplenty
