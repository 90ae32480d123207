#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace xplenty {

// A duration in the notation of Prometheus: "15s", "1h30m", "500ms", "7d", "1w", "1y" (365 days);
// units in falling order, each once; "0" needs none. Nothing for anything else or beyond 290 years.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

// The shortest such notation: 90000 ms is "1m30s", 0 is "0s".
std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace xplenty
