#include "model/job_status.h"

namespace xplenty {

std::string_view ToString(JobStatus status) {
  switch (status) {
    case JobStatus::kIdle:
      return "idle";
    case JobStatus::kPending:
      return "pending";
    case JobStatus::kQueued:
      return "queued";
    case JobStatus::kRunning:
      return "running";
    case JobStatus::kCompleted:
      return "completed";
    case JobStatus::kFailed:
      return "failed";
    case JobStatus::kPendingStoppage:
      return "pending_stoppage";
    case JobStatus::kStopping:
      return "stopping";
    case JobStatus::kStopped:
      return "stopped";
    case JobStatus::kUnknown:
      break;
  }
  return "unknown";
}

JobStatus ParseJobStatus(std::string_view name) {
  for (const JobStatus status : kAllStatuses) {
    if (ToString(status) == name) return status;
  }
  return JobStatus::kUnknown;
}

}  // namespace xplenty
