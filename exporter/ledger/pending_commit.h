#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/timestamp.h"
#include "jobs/job_json.h"
#include "ledger/job_database.h"
#include "ledger/package_cluster.h"
#include "ledger/recomputation.h"
#include "model/job.h"

namespace xplenty {

// One page of jobs, or several that were read side by side, and how far it brings the scan.
struct PageCommit {
  const std::vector<Job>& jobs;
  const std::vector<RejectedRow>& rejects;
  Timestamp server_time;
  std::optional<Timestamp> watermark;  // the highest `updated_at` completed; nullopt: leave it
  uint64_t scraped_version = 0;        // the latest view that a scrape has received; 0: none
};

// The stored rows of the jobs of a page, one for each; nullopt if it was never seen finished.
using StoredJobs = std::vector<std::optional<FinishedJob>>;

// What a commit changes, before any of it is done: the rows to be written, and what the aggregates
// take in once these are durable. Pointers are to the jobs of the page, which must outlive it.
struct PendingCommit {
  struct Unfinished {
    const Job* job{};
    int64_t package_cluster{};
    Fold fold{};
  };

  Timestamp server_time;
  uint64_t sequence{};                       // the number of this commit
  WriteBatch batch;                          // each job at most once, in the order of finish
  std::optional<Recomputation> recomputed;   // nullopt: no figure is unknown without it
  std::vector<SeriesLabels> retired_series;  // to make room for new ones
  std::vector<std::string> retired_packages;
  std::set<SeriesLabels> new_series;         // that become active
  std::vector<std::string> folded_packages;  // names of those for which there is no room any more
  bool zero_first{};                         // they begin at zero (promise P6)
  std::map<int64_t, Unfinished> unfinished;  // by id, as they are after the page
  std::vector<const Job*> failed;            // have texts for people, which no row keeps
  std::vector<int64_t> vanished;             // unfinished jobs that are to be dropped
  size_t reported{};                         // how many of these are anomalies
  std::optional<uint64_t> reconciled_since;  // the commit after which a reconcile began that ends
};

}  // namespace xplenty
