#include "ledger/recomputation.h"

#include "ledger/series.h"

namespace xplenty {

std::set<int64_t> Recomputation::PackageClustersToRead() const {
  const SeriesLabels overflow = OverflowLabels(scheme_);
  // Folded jobs may be of any package-cluster, or of any of their package.
  const bool all = series_.contains(overflow);
  std::set<int64_t> ids;
  for (int64_t id = 1; id <= package_clusters_.size(); ++id) {
    if (!package_clusters_.IsActive(id)) continue;
    const SeriesLabels labels = LabelsOf(package_clusters_.NamesOf(id), scheme_);
    const bool folded = series_.contains({labels.package, overflow.cluster});
    if (all || folded || histories_.contains(labels.package) || series_.contains(labels)) {
      ids.insert(id);
    }
  }
  return ids;
}

void Recomputation::Add(const FinishedJob& job) {
  const PackageCluster& names = package_clusters_.NamesOf(job.package_cluster);
  const auto series = series_.find(LabelsOf(names, scheme_, job.fold));
  if (series != series_.end() && job.counted_as) CountJob(job, series->second);
  const auto history = histories_.find(LabelsOf(names, scheme_).package);
  if (history != histories_.end()) {
    history->second.Add(job);
  }
}

}  // namespace xplenty
