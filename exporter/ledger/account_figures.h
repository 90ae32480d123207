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
struct AccountFigures {
  // `zero` gives the buckets.
  AccountFigures(const AggregateOptions& options, const JobCounters& zero);

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
  // Fills in all but what is unfinished.
  void FillView(AccountView& view);

  PackageClusters package_clusters;
  TrackedSeries tracked;
  RecentFinished recent;
  RecentFailures failures;
  ZeroFirst zero_first;
  uint64_t overflow_jobs = 0;
  bool changed = true;  // the next view differs from the last one

 private:
  void AddFailure(const FinishedJob& job, const FinishedJob* previous, const SeriesLabels& labels);
};

}  // namespace xplenty
