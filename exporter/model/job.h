#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/timestamp.h"
#include "model/job_status.h"

namespace xplenty {

// One destination that a job writes to.
struct Output {
  std::optional<int64_t> id;
  int64_t records{};  // >= 0
};

// One row of the API's "List Jobs", reduced to what the exporter needs. A field that the API leaves
// out or sends as null is absent, or an empty text. The two names are fit to be label values
// (LabelText() of base/label_text.h).
struct Job {
  int64_t id{};  // > 0
  JobStatus status{};
  std::optional<int64_t> package_id;
  std::optional<int64_t> cluster_id;
  std::string package_name;
  std::string cluster_name;
  std::optional<double> progress;  // 0 to 1
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> completed_at;
  std::optional<Timestamp> failed_at;
  std::optional<Timestamp> updated_at;
  std::optional<int64_t> runtime_seconds;  // >= 0
  std::vector<Output> outputs;
  // People read these two, and no counter depends on them. They hold what the API sent, and may be
  // shown only after ReadListJobs() has cleaned them.
  std::string error;  // Why the job failed.
  std::string link;   // The job's page in Integrate.io.
  bool malformed{};   // A field had the wrong type or range and was taken as absent.
};

// Returns when a finished job finished: completed_at, else failed_at of a failed job, else
// started_at + runtime, else updated_at; nothing if it has none of them.
std::optional<Timestamp> FinishTime(const Job& job);

// Returns a + b, or the largest integer if the sum is larger. Both must be >= 0.
constexpr int64_t SaturatingSum(int64_t a, int64_t b) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  return a > kMax - b ? kMax : a + b;
}

// Returns the records of all outputs of the job, by SaturatingSum().
int64_t TotalRecords(const Job& job);

}  // namespace xplenty
