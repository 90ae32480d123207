#include "ledger/recomputation.h"

#include "ledger/series.h"

namespace xplenty {

std::set<int64_t> Recomputation::PackageClustersToRead() const {
  // Jobs past the cap may be of any package-cluster.
  const bool all = series_.contains(OverflowLabels(scheme_));
  std::set<int64_t> ids;
  for (int64_t id = 1; id <= package_clusters_.size(); ++id) {
    if (!package_clusters_.IsActive(id)) continue;
    const SeriesLabels labels = LabelsOf(package_clusters_.NamesOf(id), scheme_);
    if (all || histories_.contains(labels.package) || series_.contains(labels)) ids.insert(id);
  }
  return ids;
}

void Recomputation::Add(const FinishedJob& job) {
  const SeriesLabels own = LabelsOf(package_clusters_.NamesOf(job.package_cluster), scheme_);
  const auto series = series_.find(job.overflow ? OverflowLabels(scheme_) : own);
  if (series != series_.end() && job.counted_as) CountJob(job, series->second);
  if (job.overflow) return;
  if (const auto history = histories_.find(own.package); history != histories_.end()) {
    history->second.Add(job);
  }
}

}  // namespace xplenty
