#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/timestamp.h"
#include "ledger/series.h"
#include "model/account_view.h"
#include "model/job.h"

namespace xplenty {

// The unfinished jobs of one account, as last read. Each is shown in its series. Not thread-safe.
class UnfinishedJobs {
 public:
  struct Entry {
    UnfinishedJob view{};
    std::optional<Timestamp> updated_at{};
    uint64_t sequence{};  // of the commit that last showed it
    int missed{};         // how many reconciles in a row did not list it
    int64_t package_cluster{};
    Fold fold{};
    Series* series{};
  };

  // Returns a job, null if it is not among them.
  const Entry* Find(int64_t id) const;
  // Returns all jobs by id.
  const std::map<int64_t, Entry>& all() const { return jobs_; }

  // Returns the ids of their package-clusters.
  std::set<int64_t> PackageClusters() const;

  // Shows a job in the series of the entry, in place of what was shown of it. Returns the series
  // whose views change.
  std::vector<const Series*> Set(const Entry& entry);
  // Removes a job. Returns its series, null if it was not among them.
  Series* Erase(int64_t id);

  // Ends a reconcile that began after the commit `sequence`: counts a miss for each job that was
  // not seen since.
  void CountMissesSince(uint64_t sequence);

  // Returns the statuses that hold jobs not seen since the commit `sequence`.
  std::vector<JobStatus> StatusesNotSeenSince(uint64_t sequence) const;
  // Returns the jobs that would have been missed twice in a row if a reconcile that began after the
  // commit `sequence` ended now.
  std::vector<int64_t> MissedTwiceSince(uint64_t sequence) const;

  // Returns the jobs by id; the same pointer as long as nothing changes.
  const Shared<UnfinishedJob>& View();

 private:
  std::map<int64_t, Entry> jobs_;
  Shared<UnfinishedJob> view_;  // null: something changed
};

// Returns what is shown of a job in a series.
UnfinishedJob UnfinishedJobOf(const Job& job, const SeriesLabels& labels);

}  // namespace xplenty
