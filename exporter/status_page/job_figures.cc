#include "status_page/job_figures.h"

#include <algorithm>
#include <iterator>

namespace xplenty {

JobCounts CountJobs(const AccountView& view) {
  JobCounts counts;
  for (const auto& series : view.series) {
    for (size_t status = 0; status < kJobStatusCount; ++status) {
      counts.by_status[status] += series->jobs[status];
    }
  }
  for (const UnfinishedJob& job : *view.unfinished) {
    ++(HasStarted(job) ? counts.running : counts.waiting);
  }
  return counts;
}

bool HasStarted(const UnfinishedJob& job) {
  return job.started_at || job.status == JobStatus::kRunning;
}

int64_t CompletedRuns(const std::vector<FinishedRun>& runs) {
  return std::ranges::count(runs, JobStatus::kCompleted, &FinishedRun::status);
}

std::optional<int64_t> MedianRuntime(const std::vector<FinishedRun>& runs) {
  std::vector<int64_t> runtimes;
  runtimes.reserve(runs.size());
  for (const FinishedRun& run : runs) {
    if (run.status == JobStatus::kCompleted && run.runtime_seconds) {
      runtimes.push_back(*run.runtime_seconds);
    }
  }
  if (runtimes.empty()) return std::nullopt;
  const auto middle = runtimes.begin() + std::ssize(runtimes) / 2;
  std::ranges::nth_element(runtimes, middle);
  return *middle;
}

}  // namespace xplenty
