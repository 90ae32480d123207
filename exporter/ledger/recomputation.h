#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "ledger/finished_job.h"
#include "ledger/package_clusters.h"
#include "ledger/package_history.h"
#include "model/account_view.h"

namespace xplenty {

// Figures that corrections have made unknown in memory: the histories of some packages and the
// exemplars of some series. They are computed again from the stored jobs that a commit does not
// change; those that it changes are then applied to them. Pure; not thread-safe.
class Recomputation {
 public:
  // `package_clusters` must outlive it. `zero` gives the buckets.
  Recomputation(const PackageClusters& package_clusters, const LabelScheme& labels,
                const JobCounters& zero)
      : package_clusters_(package_clusters), scheme_(labels), zero_(zero) {}

  // Ask for the history of a package, or for the exemplars of a series, by label.
  void AddPackage(const std::string& label) { histories_[label]; }
  void AddSeries(const SeriesLabels& labels) { series_.try_emplace(labels, zero_); }
  // Returns true if nothing was asked for.
  bool empty() const { return histories_.empty() && series_.empty(); }

  // Returns the package-clusters whose jobs must be added.
  std::set<int64_t> PackageClustersToRead() const;
  // Adds a stored job of these that the commit does not change.
  void Add(const FinishedJob& job);

  // Return what was computed, by label. Of the counters only the exemplars are meant.
  const std::map<std::string, PackageHistory>& histories() const { return histories_; }
  const std::map<SeriesLabels, JobCounters>& series() const { return series_; }

 private:
  const PackageClusters& package_clusters_;
  const LabelScheme& scheme_;
  const JobCounters& zero_;
  std::map<std::string, PackageHistory> histories_;
  std::map<SeriesLabels, JobCounters> series_;
};

}  // namespace xplenty
