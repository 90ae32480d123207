#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/timestamp.h"
#include "ledger/package_cluster.h"
#include "model/job_status.h"

namespace xplenty {

// The records that one output of a job holds. Both are as in the column `outputs` (SCHEMA.md).
struct OutputRecords {
  int64_t output{};   // the output's id; -1, -2, ... by position where the API gives none
  int64_t records{};  // >= 0
  friend bool operator==(const OutputRecords&, const OutputRecords&) = default;
};

// A finished job as the ledger remembers it: a row of the table `finished_jobs` (SCHEMA.md).
struct FinishedJob {
  int64_t id{};
  int64_t package_cluster{};  // key of the table `package_clusters`
  Fold fold{};                // where it is counted, which never changes
  // The status it was counted under, which never changes; nullopt if it finished before count_from.
  std::optional<JobStatus> counted_as{};
  JobStatus status{};  // as last seen
  Timestamp finished_at{};
  std::optional<Timestamp> updated_at{};
  std::optional<int64_t> runtime_seconds{};  // >= 0; only of a job that had started
  std::optional<int64_t> wait_seconds{};     // >= 0; only of a job that had started
  std::vector<OutputRecords> outputs{};      // by id; the highest counts seen since it finished
  bool zero_pending{};  // counted, but its series still shows what it showed before (promise P6)
  friend bool operator==(const FinishedJob&, const FinishedJob&) = default;
};

// A row before and after a commit. `previous` is the row as it is stored; nullopt if it is new.
template <typename Row>
struct RowChange {
  std::optional<Row> previous{};
  Row after{};
};

// A finished job that is new or corrected.
using JobChange = RowChange<FinishedJob>;

// Returns the records of all outputs of the job. The sum stays at the largest integer rather than
// overflow.
int64_t TotalRecords(const FinishedJob& job);

}  // namespace xplenty
