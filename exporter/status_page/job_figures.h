#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/account_view.h"
#include "model/job_status.h"

namespace xplenty {

// The jobs of one account, counted.
struct JobCounts {
  // Jobs by the number of their status; finished ones are those inside the lookback.
  std::array<uint64_t, kJobStatusCount> by_status{};
  uint64_t running{};  // Unfinished jobs that have started.
  uint64_t waiting{};  // Unfinished jobs that have not.
};

// Counts the jobs of a view whose state is current.
JobCounts CountJobs(const AccountView& view);

// Returns whether an unfinished job has started.
bool HasStarted(const UnfinishedJob& job);

// Returns how many of the runs completed.
int64_t CompletedRuns(const std::vector<FinishedRun>& runs);

// Returns the median runtime in seconds of the runs that completed and have a runtime, or the
// longer one of the two in the middle; nothing if there is no such run.
std::optional<int64_t> MedianRuntime(const std::vector<FinishedRun>& runs);

}  // namespace xplenty
