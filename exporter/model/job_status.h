#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xplenty {

// The statuses of a job in the order of its life, and kUnknown for one never heard of, which is
// taken as unfinished. The numbers are stored in the ledger: append, never renumber.
enum class JobStatus : uint8_t {
  kIdle,     // asked for
  kPending,  // initialising
  kQueued,   // waits for the cluster
  kRunning,
  kCompleted,
  kFailed,
  kPendingStoppage,  // stop asked for
  kStopping,
  kStopped,
  kUnknown,
};

inline constexpr size_t kJobStatusCount = 10;

inline constexpr std::array<JobStatus, kJobStatusCount> kAllStatuses = {
    JobStatus::kIdle,      JobStatus::kPending, JobStatus::kQueued,          JobStatus::kRunning,
    JobStatus::kCompleted, JobStatus::kFailed,  JobStatus::kPendingStoppage, JobStatus::kStopping,
    JobStatus::kStopped,   JobStatus::kUnknown};

inline constexpr std::array<JobStatus, 3> kFinishedStatuses = {
    JobStatus::kCompleted, JobStatus::kFailed, JobStatus::kStopped};

// The unfinished statuses that the API can filter by.
inline constexpr std::array<JobStatus, 6> kListableUnfinishedStatuses = {
    JobStatus::kIdle,    JobStatus::kPending,         JobStatus::kQueued,
    JobStatus::kRunning, JobStatus::kPendingStoppage, JobStatus::kStopping};

constexpr bool IsFinished(JobStatus status) {
  return status == JobStatus::kCompleted || status == JobStatus::kFailed ||
         status == JobStatus::kStopped;
}

// The API's name; "unknown" for kUnknown.
std::string_view ToString(JobStatus status);

// kUnknown for a name that is none of the nine.
JobStatus ParseJobStatus(std::string_view name);

}  // namespace xplenty
