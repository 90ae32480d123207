#include "model/job.h"

#include <chrono>

namespace xplenty {

std::optional<Timestamp> FinishTime(const Job& job) {
  if (job.completed_at) return job.completed_at;
  if (job.status == JobStatus::kFailed && job.failed_at) return job.failed_at;
  if (job.started_at && job.runtime_seconds) {
    return *job.started_at + std::chrono::seconds(*job.runtime_seconds);
  }
  return job.updated_at;
}

int64_t TotalRecords(const Job& job) {
  int64_t total = 0;
  for (const Output& output : job.outputs) total = SaturatingSum(total, output.records);
  return total;
}

}  // namespace xplenty
