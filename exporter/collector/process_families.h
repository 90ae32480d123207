#pragma once

#include <optional>
#include <vector>

#include "base/file_descriptor.h"
#include "exposition/metric_family.h"

namespace xplenty {

// The standard process_* families of this process, read from /proc. What cannot be read is left
// out.
class ProcessCollector {
 public:
  ProcessCollector();

  // Safe from any thread.
  std::vector<MetricFamily> Collect() const;

  // Unix time, if it could be read.
  std::optional<double> start_time_seconds() const { return start_time_seconds_; }

 private:
  // Kept open, as finding a file of /proc takes longer than reading it.
  FileDescriptor statm_;
  FileDescriptor descriptors_;                // a folder with a link for each open descriptor
  FileDescriptor threads_;                    // a folder with a folder for each thread
  std::optional<double> start_time_seconds_;  // told once, so that it does not waver
};

}  // namespace xplenty
