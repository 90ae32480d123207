#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"
#include "ledger/counting.h"
#include "ledger/job_aggregates.h"
#include "ledger/job_database.h"
#include "ledger/pending_commit.h"
#include "model/anomaly.h"
#include "model/job.h"

namespace xplenty {

// Works out what a page changes. It reads the database and the aggregates and changes neither.
// Errors are those of the database; a commit is given up then. Serves one commit.
class CommitStager {
 public:
  // References must outlive the stager. `zero_first`: new series begin at zero (promise P6).
  CommitStager(JobDatabase& database, const JobAggregates& aggregates, const LabelScheme& labels,
               const CountingContext& context, bool zero_first);

  // Adds one row of the page. Rows are taken in the order in which they are added.
  Status StageJob(const Job& job);
  // Adds an anomaly, unless it is known: each subject counts once for each reason.
  Status StageAnomaly(const Anomaly& anomaly);

  // Computes figures again that the staged corrections make unknown. Once, after all rows.
  Status StageRecomputation();

  // Returns what was staged.
  PendingCommit& pending() { return pending_; }

 private:
  // Where a job is counted that is seen for the first time.
  struct Place {
    int64_t package_cluster{};
    bool overflow{};
    bool zero_pending{};
  };

  Place PlaceOf(const PackageCluster& names);
  int64_t StagePackageCluster(const PackageCluster& names, bool overflow, bool zero_pending);
  void StageFinished(const Job& job, FinishedJob after, std::optional<FinishedJob> before);
  bool IsShown(int64_t package_cluster) const;

  JobDatabase& database_;
  const JobAggregates& aggregates_;
  const LabelScheme& labels_;
  const CountingContext context_;
  PendingCommit pending_;
  std::unordered_map<int64_t, size_t> staged_jobs_;  // by id, to their places in the batch
  std::map<PackageCluster, int64_t> new_package_clusters_;
  std::set<Anomaly> new_anomalies_;
};

}  // namespace xplenty
