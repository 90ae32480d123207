#pragma once

#include <vector>

#include <prometheus/metric_family.h>

namespace xplenty {

// The standard process_* families of this process, read from /proc. What cannot be read is left
// out.
std::vector<prometheus::MetricFamily> CollectProcess();

}  // namespace xplenty
