#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"
#include "ledger/account_figures.h"
#include "ledger/aggregate_options.h"
#include "ledger/job_database.h"
#include "ledger/pending_commit.h"
#include "ledger/series_churn.h"
#include "ledger/unfinished_jobs.h"
#include "model/account_view.h"

namespace xplenty {

// The figures of one account: what its stored rows and its unfinished jobs add up to. The rows stay
// the truth: what has been idle for long is in the database alone, and is recalled when a page
// needs it. Knows neither SQL nor a clock. Not thread-safe.
class JobAggregates {
 public:
  explicit JobAggregates(AggregateOptions options);

  const AccountFigures& figures() const { return figures_; }
  const UnfinishedJobs& unfinished() const { return unfinished_; }
  // Returns the time before which a series in which nothing happens is retired.
  Timestamp IdleSince() const { return now_ - options_.series_retention; }

  // Adds up the stored rows, into aggregates that are empty; they must be dropped if this fails.
  // Takes over what no row keeps from those before, unless null: the unfinished jobs, the time and
  // the texts for people. Labels and filter may differ. Returns the rows that no longer are what
  // the mark `zero_pending` says, so that they must be written without it.
  Result<ZeroFirst::Rows> Restore(JobDatabase& database, const DatabaseState& state,
                                  const JobAggregates* earlier);

  // Brings into memory what a page needs that is in the database alone. It changes nothing that is
  // shown. `stored`: the stored rows of the jobs.
  Status Recall(JobDatabase& database, const std::vector<Job>& jobs, const StoredJobs& stored);
  // Takes in a commit that is durable.
  void Apply(const PendingCommit& commit);
  // Shows the values of a series that is pending (promise P6).
  void Release(const SeriesLabels& labels) { figures_.Release(labels); }
  // Sets the server's clock: finished jobs leave the lookback; now and then, series that are idle
  // too long are retired, and packages too where the cap presses.
  void SetTime(Timestamp now);

  // Returns whether the next view differs from the last one.
  bool changed() const { return figures_.changed; }
  // Returns what is to be shown as the view with this number, without what only the ledger knows.
  AccountView BuildView(uint64_t version);

 private:
  void CopyUnfinishedFrom(const JobAggregates& earlier);
  void SetUnfinished(const PendingCommit::Unfinished& staged, const PendingCommit& commit);
  void SetUnfinished(const UnfinishedJobs::Entry& entry);
  void EraseUnfinished(int64_t id);

  AggregateOptions options_;
  AccountFigures figures_;
  UnfinishedJobs unfinished_;
  SeriesChurn churn_;
  std::array<uint64_t, kAnomalyReasonCount> anomalies_{};
  Timestamp now_{};
  Timestamp next_retirement_{};
};

}  // namespace xplenty
