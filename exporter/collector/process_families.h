#pragma once

#include <optional>
#include <vector>

#include "exposition/metric_family.h"

namespace xplenty {

// Reads the standard process_* families of this process from /proc and the system's clocks. A
// family whose value cannot be read is left out. Safe from any thread.
class ProcessCollector {
 public:
  ProcessCollector();

  std::vector<MetricFamily> Collect() const;

  // The start of the process in Unix time. Empty if it could not be read.
  std::optional<double> start_time_seconds() const { return start_time_seconds_; }

 private:
  const std::optional<double> start_time_seconds_;  // computed once, so that it does not waver
};

}  // namespace xplenty
