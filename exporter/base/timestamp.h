#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xplenty {

// A time of the API, in whole seconds as its `since` has them.
using Timestamp = std::chrono::sys_seconds;

constexpr int64_t ToUnix(Timestamp time) {
  return time.time_since_epoch().count();
}
constexpr Timestamp FromUnix(int64_t seconds) {
  return Timestamp(std::chrono::seconds(seconds));
}

// An ISO 8601 date-time, years 1 to 9999: "2026-03-01T09:30:00Z", with an offset ("+03:00",
// "+0300", "+03") instead of Z, a fraction (dropped), or a blank instead of T. A time without a
// zone is UTC. Nothing for anything else.
std::optional<Timestamp> ParseIso8601(std::string_view text);

// "2026-03-01T09:30:00Z".
std::string FormatIso8601(Timestamp time);

// Formats the preferred form of an HTTP date (RFC 9110, section 5.6.7): "Sun, 06 Nov 1994 08:49:37
// GMT". The process is in the C locale.
std::string FormatHttpDate(Timestamp time);

}  // namespace xplenty
