#pragma once

#include <optional>
#include <vector>

#include <prometheus/metric_family.h>

namespace xplenty {

// The standard process_* families of this process, read from /proc. What cannot be read is left
// out.
class ProcessCollector {
 public:
  ProcessCollector();

  // Safe from any thread.
  std::vector<prometheus::MetricFamily> Collect() const;

 private:
  std::optional<double> start_time_seconds_;  // Unix time; told once, so that it does not waver
};

}  // namespace xplenty
