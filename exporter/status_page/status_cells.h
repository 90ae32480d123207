#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "model/job_status.h"
#include "status_page/html.h"

namespace xplenty {

// Returns a duration in its two largest units: "42s", "5m 12s", "3h 4m", "2d 3h". A negative one is
// "0s".
std::string RoughDuration(std::chrono::seconds duration);

// Returns a number with a comma at the thousands: "1,234,567".
std::string GroupedNumber(int64_t number);

// Returns how long ago a time was: "5m 12s ago", with the exact time as its title.
Html TimeAgo(WallTime time, WallTime now);
// Returns the same, or the text `absent` if there is no time.
Html TimeAgoOr(std::optional<WallTime> time, WallTime now, const char* absent);
// Returns how far ahead a time is: "in 5m 12s", or "late by 3m 2s" if it has passed.
Html TimeAhead(WallTime time, WallTime now);

// Returns a badge that says whether the API can be reached.
Html ApiBadge(bool up);

// Returns a badge with the name of a finished status, in its colour.
Html OutcomeBadge(JobStatus status);

}  // namespace xplenty
