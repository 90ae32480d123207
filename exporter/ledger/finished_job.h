#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/timestamp.h"
#include "model/account_view.h"
#include "model/job.h"

namespace xplenty {

// A package on a cluster as the API names them. Several may share their label values.
struct Pair {
  std::optional<int64_t> package_id;
  std::optional<int64_t> cluster_id;
  std::string package_name;
  std::string cluster_name;
  friend auto operator<=>(const Pair&, const Pair&) = default;

  // Empty without a label.
  std::string PackageLabel(LabelValue value = LabelValue::kName) const;
  std::string ClusterLabel(LabelValue value = LabelValue::kName) const;
};

Pair PairOf(const Job& job);

struct OutputRecords {
  int64_t output{};  // its id; -1, -2, ... by position where the API gives none
  int64_t records{};
  friend bool operator==(const OutputRecords&, const OutputRecords&) = default;
};

// A finished job as the ledger remembers it: a row of the table `finished_jobs`.
struct FinishedJob {
  int64_t id{};
  int64_t pair{};   // key of the table `pairs`
  bool overflow{};  // counted under package="other", cluster="other"
  // The status it was counted under, for good; none if it finished before count_from.
  std::optional<JobStatus> counted_as{};
  JobStatus status{};  // as last seen
  Timestamp finished_at{};
  std::optional<Timestamp> updated_at{};
  std::optional<int64_t> runtime_seconds{};  // only of a job that had started
  std::optional<int64_t> wait_seconds{};     // likewise
  std::vector<OutputRecords> outputs{};      // the highest counts seen since it finished
  bool held{};  // counted, but its series still shows what it showed before (promise P6)
  friend bool operator==(const FinishedJob&, const FinishedJob&) = default;
};

int64_t TotalRecords(const FinishedJob& job);

}  // namespace xplenty
