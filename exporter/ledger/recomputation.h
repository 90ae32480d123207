#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/result.h"
#include "ledger/finished_job.h"
#include "ledger/job_database.h"
#include "ledger/package_clusters.h"
#include "ledger/package_history.h"
#include "ledger/series_table.h"
#include "model/account_view.h"

namespace xplenty {

// Figures that are not in memory: histories of packages that a correction has made unknown, and the
// counters of series. They are computed again from the stored jobs. Not thread-safe.
class Recomputation {
 public:
  // Both must outlive Read().
  Recomputation(const PackageClusters& package_clusters, const SeriesTable& series)
      : package_clusters_(package_clusters), known_(series) {}

  // Ask for the history of a package, or for the counters of a series, by label.
  void AddPackage(const std::string& label) { histories_[label]; }
  void AddSeries(const SeriesLabels& labels) { series_.try_emplace(labels, known_.zero()); }
  // Returns true if nothing was asked for.
  bool empty() const { return histories_.empty() && series_.empty(); }

  // Computes what was asked for from the stored rows as a batch will leave them, whose jobs must be
  // in the order in which they finished. Visits each
  // package-cluster, and each job of those whose figures were asked for. Errors are those of the
  // database.
  Status Read(JobDatabase& database, const WriteBatch& batch);

  // Return what was computed, by label.
  const std::map<std::string, PackageHistory>& histories() const { return histories_; }
  const std::map<SeriesLabels, JobCounters>& series() const { return series_; }

 private:
  bool IsAskedFor(const SeriesLabels& own) const;
  void Offer(const PackageClusterRow& row);
  void Add(const FinishedJob& job);

  const PackageClusters& package_clusters_;
  const SeriesTable& known_;
  std::map<int64_t, SeriesLabels> to_read_;  // the package-clusters, by id
  std::map<std::string, PackageHistory> histories_;
  std::map<SeriesLabels, JobCounters> series_;
};

}  // namespace xplenty
