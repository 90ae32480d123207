#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/timestamp.h"
#include "status_page/html.h"

namespace xplenty {

enum class RunOutcome { kCompleted, kFailed, kStopped };

struct FinishedRunRow {
  Timestamp finished_at{};
  RunOutcome outcome{};
  std::optional<std::chrono::seconds> runtime{};
  int64_t records{};
};

// An SVG with a bar for each run, as high as it took long, oldest first, and a line at the median
// of those that completed. Told in words for those who do not see it.
Html RuntimePlot(const std::vector<FinishedRunRow>& runs,
                 std::optional<std::chrono::seconds> median);

}  // namespace xplenty
