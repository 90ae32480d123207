#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace xplenty {

// Parses a duration in the notation of Prometheus: "15s", "1h30m", "500ms", "7d", "1w", "1y" (365
// days). Units stand in falling order, each at most once, and "0" needs no unit. Returns nothing
// for any other text and beyond 290 years. Pure.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

// Formats a duration >= 0 in the same notation: 90,000 ms are "1m30s", 8 days are "8d", 0 is "0s".
// ParseDuration() reads it back. Pure.
std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace xplenty
