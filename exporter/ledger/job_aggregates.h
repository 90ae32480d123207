#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/timestamp.h"
#include "ledger/aggregate_options.h"
#include "ledger/finished_job.h"
#include "ledger/package_clusters.h"
#include "ledger/package_table.h"
#include "ledger/pending_commit.h"
#include "ledger/recent_failures.h"
#include "ledger/recent_finished.h"
#include "ledger/series_admission.h"
#include "ledger/series_table.h"
#include "ledger/unfinished_jobs.h"
#include "ledger/zero_first.h"
#include "model/account_view.h"

namespace xplenty {

// The figures of one account: what its stored rows and its unfinished jobs add up to. The rows stay
// the truth. Knows neither SQL nor a clock. Not thread-safe.
class JobAggregates {
 public:
  explicit JobAggregates(AggregateOptions options);

  const PackageClusters& package_clusters() const { return package_clusters_; }
  const UnfinishedJobs& unfinished() const { return unfinished_; }
  const ZeroFirst& zero_first() const { return zero_first_; }

  // Returns what chooses the series of the jobs of one commit. This must not change meanwhile.
  // `scraped_version`: the latest view that a scrape has received.
  SeriesAdmission Admission(uint64_t scraped_version) const {
    return {cap_, options_.labels, series_, packages_, IdleSince(), scraped_version};
  }
  // Returns false for a finished job that is not where it belongs: among the unfinished ones, as it
  // was reopened, or outside the lookback, as the server's clock was ahead. Applying its row again
  // puts it right.
  bool IsInPlace(const FinishedJob& job) const;
  // Returns whether a time is before the lookback.
  bool IsBeforeLookback(Timestamp time) const { return recent_.IsBefore(time); }
  // Returns what must be computed again before such changes are applied.
  Recomputation NeededRecomputation(const std::vector<JobChange>& changes) const;

  // Takes in the stored rows of a ledger: its state, then its jobs, of which those with
  // `zero_pending` come last. Each call returns what no longer is what the mark `zero_pending`
  // says, so that rows must be written without it: ids of package-clusters, or whether the job is
  // one. SetTime() ends it.
  std::vector<int64_t> Restore(const DatabaseState& state);
  bool Restore(const FinishedJob& job);
  // Takes over the unfinished jobs, the time and the texts for people, which no row keeps. Labels
  // and filter may differ.
  void CopyStateFrom(const JobAggregates& earlier);

  // Takes in a commit that is durable.
  void Apply(const PendingCommit& commit);
  // Shows the values of a series that is pending (promise P6).
  void Release(const SeriesLabels& labels);
  // Sets the server's clock: finished jobs leave the lookback; now and then, series that are idle
  // too long are retired, and packages too where the cap presses.
  void SetTime(Timestamp now);

  // Returns whether the next view differs from the last one.
  bool changed() const { return changed_; }
  // Returns what is to be shown as the view with this number, without what only the ledger knows.
  AccountView BuildView(uint64_t version);

 private:
  // Where finished jobs are counted.
  struct Slot {
    Series* series{};
    PackageTable::Entry* package{};
  };

  Slot SlotOf(const FinishedJob& job);
  SeriesLabels LabelsOf(int64_t package_cluster, Fold fold = Fold::kNone) const {
    return xplenty::LabelsOf(NamesOf(package_cluster), options_.labels, fold);
  }
  void AddPackageCluster(const PackageClusterRow& row);
  void RecordNames(int64_t package_cluster, Fold fold);
  void Add(const FinishedJob& job, const FinishedJob* previous);
  void Activate(Series& series, Timestamp time);
  void BeginZeroFirst(Series& series);
  void SetUnfinished(const PendingCommit::Unfinished& staged, const PendingCommit& commit);
  void SetUnfinished(const UnfinishedJobs::Entry& entry);
  void EraseUnfinished(int64_t id);
  void MarkDirty(const Series* series);
  void Retire(Series& series);
  void RetirePackage(const std::string& label);
  void KeepToCap();
  CapUsage Usage() const {
    return {.series = series_.active(),
            .folds = series_.active_folds(),
            .packages = packages_.tracked()};
  }
  Timestamp IdleSince() const { return now_ - options_.series_retention; }
  const PackageCluster& NamesOf(int64_t id) const { return package_clusters_.NamesOf(id); }

  AggregateOptions options_;
  SeriesLabels overflow_labels_;
  JobCounters zero_;
  PackageClusters package_clusters_;
  SeriesTable series_;
  PackageTable packages_;
  SeriesCap cap_;
  std::vector<Slot> slots_;  // by id of the package-cluster, less 1; null before its first job
  UnfinishedJobs unfinished_;
  RecentFinished recent_;
  RecentFailures failures_;
  ZeroFirst zero_first_;
  std::array<uint64_t, kAnomalyReasonCount> anomalies_{};
  uint64_t overflow_jobs_ = 0;
  bool labels_by_id_;
  Timestamp now_{};
  Timestamp next_retirement_{};
  bool changed_ = true;
};

}  // namespace xplenty
