#pragma once

#include <cstdint>

#include "base/timestamp.h"
#include "ledger/aggregate_options.h"
#include "ledger/finished_job.h"
#include "ledger/package_clusters.h"
#include "ledger/recent_failures.h"
#include "ledger/recent_finished.h"
#include "ledger/tracked_series.h"
#include "ledger/zero_first.h"
#include "model/account_view.h"

namespace xplenty {

// The tables in which the finished jobs of one account are added up. Not thread-safe.
class AccountFigures {
 public:
  // `zero` gives the buckets.
  AccountFigures(const AggregateOptions& options, const JobCounters& zero);

  PackageClusters& package_clusters() { return package_clusters_; }
  const PackageClusters& package_clusters() const { return package_clusters_; }
  TrackedSeries& tracked() { return tracked_; }
  const TrackedSeries& tracked() const { return tracked_; }
  RecentFinished& recent() { return recent_; }
  const RecentFinished& recent() const { return recent_; }
  RecentFailures& failures() { return failures_; }
  const RecentFailures& failures() const { return failures_; }
  ZeroFirst& zero_first() { return zero_first_; }
  const ZeroFirst& zero_first() const { return zero_first_; }

  // Returns the labels of the series in which a job of a package-cluster that is in memory counts.
  SeriesLabels LabelsOf(int64_t package_cluster, Fold fold) const;

  // Adds a finished job, or a correction of one: `previous` is the job as it was added; null if it
  // is new. `series` is null if that of the job is not in memory; the job is then in no figure of
  // it.
  void Add(const FinishedJob& job, const FinishedJob* previous, Series* series,
           PackageTable::Entry& package);
  // Makes a series active in which something happened.
  void Activate(Series& series, Timestamp time);
  // Lets a series show its present values until Release() (promise P6).
  void BeginZeroFirst(Series& series);
  void Release(const SeriesLabels& labels);

  // Must be called after each change of what a series shows. Null: there is none.
  void MarkDirty(const Series* series);
  void MarkChanged() { changed_ = true; }
  // Returns whether the next view differs from the last one.
  bool changed() const { return changed_; }
  // Fills in all but what is unfinished.
  void FillView(AccountView& view);

 private:
  SeriesLabels overflow_labels_;
  PackageClusters package_clusters_;
  TrackedSeries tracked_;
  RecentFinished recent_;
  RecentFailures failures_;
  ZeroFirst zero_first_;
  uint64_t overflow_jobs_ = 0;
  bool changed_ = true;
};

}  // namespace xplenty
