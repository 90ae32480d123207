#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xplenty {

// A time of the API in whole seconds, which is as exact as its parameter `since`.
using Timestamp = std::chrono::sys_seconds;

// Convert to and from Unix time in seconds.
constexpr int64_t ToUnix(Timestamp time) {
  return time.time_since_epoch().count();
}
constexpr Timestamp FromUnix(int64_t seconds) {
  return Timestamp(std::chrono::seconds(seconds));
}

// Parses an ISO 8601 date-time of the years 1 to 9999: "2026-03-01T09:30:00Z". It takes an offset
// ("+03:00", "+0300", "+03") instead of Z, a blank instead of T, and a fraction, which it drops. A
// time without a zone is UTC. A leap second reads as the second after it. Returns nothing for any
// other text. Pure.
std::optional<Timestamp> ParseIso8601(std::string_view text);

// Formats a time of the years 1 to 9999 as "2026-03-01T09:30:00Z".
std::string FormatIso8601(Timestamp time);

// Formats the preferred form of an HTTP date (RFC 9110, section 5.6.7): "Sun, 06 Nov 1994 08:49:37
// GMT". The process is in the C locale.
std::string FormatHttpDate(Timestamp time);

}  // namespace xplenty
