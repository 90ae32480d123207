#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "status_page/html.h"
#include "status_page/runtime_plot.h"

namespace xplenty {

// What stands in the cells of the status page.

// In the two largest units: "42s", "5m 12s", "3h 4m", "2d 3h". Negative ones are 0s.
std::string RoughDuration(std::chrono::seconds duration);
// With thousands apart: "1,234,567".
std::string GroupedNumber(int64_t number);

// "5m 12s ago", the exact time at hand.
Html TimeAgo(WallTime time, WallTime now);
Html TimeAgoOr(std::optional<WallTime> time, WallTime now, const char* absent);
// "in 5m 12s", or "late by 3m 2s".
Html TimeAhead(WallTime time, WallTime now);

// Whether the API can be reached.
Html ApiBadge(bool up);

// "completed", coloured.
Html OutcomeBadge(RunOutcome outcome);
std::string_view ToString(RunOutcome outcome);

}  // namespace xplenty
