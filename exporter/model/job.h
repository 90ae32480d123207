#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/timestamp.h"
#include "model/job_status.h"

namespace xplenty {

struct Output {
  std::optional<int64_t> id;
  int64_t records{};  // >= 0
};

// One row of "List Jobs", as far as the exporter needs it. What the API leaves out or sends as null
// is absent here.
struct Job {
  int64_t id{};  // > 0
  JobStatus status{};
  std::optional<int64_t> package_id;
  std::optional<int64_t> cluster_id;
  std::string package_name;  // fit to be a label value (CleanText); empty if the API gives none
  std::string cluster_name;  // likewise
  std::optional<double> progress;  // 0 to 1
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> completed_at;
  std::optional<Timestamp> failed_at;
  std::optional<Timestamp> updated_at;
  std::optional<int64_t> runtime_seconds;  // >= 0
  std::vector<Output> outputs;
  // For people, never for counting; not fit to be shown before ReadListJobs() has cleaned them.
  // Empty if the API gives none.
  std::string error;  // why the job failed
  std::string link;   // its page, so that a person can look at it
  bool malformed{};   // a field had the wrong type or range and was taken as absent
};

// completed_at, else failed_at of a failed job, else started_at + runtime, else updated_at
// (meaningful for finished jobs only).
std::optional<Timestamp> FinishTime(const Job& job);

// Stays at the largest integer rather than overflow; both must be >= 0.
constexpr int64_t SaturatingSum(int64_t a, int64_t b) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  return a > kMax - b ? kMax : a + b;
}

// What the job's outputs hold together.
int64_t TotalRecords(const Job& job);

}  // namespace xplenty
