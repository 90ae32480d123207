#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xplenty {

// The statuses of a job, in the order of its life. A status that the API has added since is
// kUnknown and counts as unfinished. The ledger stores the numbers: append, never renumber.
enum class JobStatus : uint8_t {
  kIdle,     // The job has been requested.
  kPending,  // It is initialising.
  kQueued,   // It waits for the cluster.
  kRunning,
  kCompleted,
  kFailed,
  kPendingStoppage,  // Its stop has been requested.
  kStopping,
  kStopped,
  kUnknown,
};

// The number of statuses; arrays by status have as many items.
inline constexpr size_t kJobStatusCount = 10;

// All statuses, each at the index of its number.
inline constexpr std::array<JobStatus, kJobStatusCount> kAllStatuses = {
    JobStatus::kIdle,      JobStatus::kPending, JobStatus::kQueued,          JobStatus::kRunning,
    JobStatus::kCompleted, JobStatus::kFailed,  JobStatus::kPendingStoppage, JobStatus::kStopping,
    JobStatus::kStopped,   JobStatus::kUnknown};

// The statuses that a job does not leave, unless the API corrects it.
inline constexpr std::array<JobStatus, 3> kFinishedStatuses = {
    JobStatus::kCompleted, JobStatus::kFailed, JobStatus::kStopped};

// The unfinished statuses that the API can filter by.
inline constexpr std::array<JobStatus, 6> kListableUnfinishedStatuses = {
    JobStatus::kIdle,    JobStatus::kPending,         JobStatus::kQueued,
    JobStatus::kRunning, JobStatus::kPendingStoppage, JobStatus::kStopping};

// Returns whether kFinishedStatuses has the status.
constexpr bool IsFinished(JobStatus status) {
  return status == JobStatus::kCompleted || status == JobStatus::kFailed ||
         status == JobStatus::kStopped;
}

// Returns the index of a finished status in kFinishedStatuses, and so in arrays by how jobs ended.
constexpr size_t FinishedIndex(JobStatus status) {
  return status == JobStatus::kCompleted ? 0 : status == JobStatus::kFailed ? 1 : 2;
}

// Returns the API's name of the status; "unknown" for kUnknown.
std::string_view ToString(JobStatus status);

// Returns the status of that name in the API; kUnknown if the name is new.
JobStatus ParseJobStatus(std::string_view name);

}  // namespace xplenty
