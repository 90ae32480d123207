#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/account_view.h"
#include "status_page/html.h"

namespace xplenty {

// Returns an SVG with a bar for each run, as high as its runtime, in the order of the runs, and a
// line at the median runtime in seconds. A label describes it in words for those who do not see it.
Html RuntimePlot(const std::vector<FinishedRun>& runs, std::optional<int64_t> median);

}  // namespace xplenty
