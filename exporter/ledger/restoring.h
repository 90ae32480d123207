#pragma once

#include <memory>
#include <set>
#include <vector>

#include "base/result.h"
#include "ledger/account_figures.h"
#include "ledger/job_database.h"

namespace xplenty {

// Adds up the stored rows of a ledger. Series in which nothing has happened for long are not
// brought into memory: of their jobs only the packages are. Not thread-safe.
class Restoring {
 public:
  // `figures` must be empty; its options are these. They must be dropped if Run() fails.
  Restoring(JobDatabase& database, const AggregateOptions& options, AccountFigures& figures)
      : database_(database), options_(options), figures_(figures) {}

  // Brings in all that was seen since a time, and the package-clusters with some ids. Returns the
  // rows that no longer are what the mark `zero_pending` says, so that they must be written without
  // it.
  Result<ZeroFirst::Rows> Run(Timestamp since, const std::set<int64_t>& package_clusters);

 private:
  // Where the finished jobs of a package-cluster are added.
  struct Slot {
    Series* series{};                             // its own; null: it is not in memory
    PackageTable::Entry* package{};               // null: it is not shown
    std::shared_ptr<const PackageCluster> names;  // null: no job says what they are
  };

  Status RestoreRecent(Timestamp since, const std::set<int64_t>& package_clusters);
  void RestorePending(const PackageClusterRow& row);
  Slot SlotOf(const PackageClusterRow& row);
  Status RestoreJobs();
  void RestoreJob(const FinishedJob& job);
  Series* SeriesOf(const FinishedJob& job, const Slot& slot);
  void RecordNames(const FinishedJob& job, const Slot& slot);
  Status CompleteFailures();
  Status RecomputeHistories();

  JobDatabase& database_;
  const AggregateOptions& options_;
  AccountFigures& figures_;
  std::vector<Slot> slots_;  // by id of the package-cluster, less 1
  ZeroFirst::Rows not_pending_;
};

}  // namespace xplenty
