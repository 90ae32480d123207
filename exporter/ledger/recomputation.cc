#include "ledger/recomputation.h"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>
namespace xplenty {

// Folded jobs may be of any package-cluster, or of any of their package.
bool Recomputation::IsAskedFor(const SeriesLabels& own) const {
  return histories_.contains(own.package) || series_.contains(own) ||
         series_.contains(FoldedLabels(own, known_.overflow_labels(), Fold::kCluster)) ||
         series_.contains(known_.overflow_labels());
}

void Recomputation::Offer(const PackageClusterRow& row) {
  if (!package_clusters_.IsActive(row.names)) return;
  SeriesLabels own = package_clusters_.LabelsOf(row.names);
  if (IsAskedFor(own)) to_read_.emplace(row.id, std::move(own));
}

void Recomputation::Add(const FinishedJob& job) {
  const auto known = to_read_.find(job.package_cluster);
  if (known == to_read_.end()) return;
  const SeriesLabels& own = known->second;
  const auto series = series_.find(FoldedLabels(own, known_.overflow_labels(), job.fold));
  if (series != series_.end() && job.counted_as) CountJob(job, series->second);
  const auto history = histories_.find(own.package);
  if (history != histories_.end()) history->second.Add(job);
}

// A history is exact if its jobs are added in the order in which they finished.
Status Recomputation::Read(JobDatabase& database, const WriteBatch& batch) {
  RETURN_IF_ERROR(
      database.ForEachPackageCluster([&](const PackageClusterRow& row) { Offer(row); }));
  for (const auto& [previous, row] : batch.package_clusters) Offer(row);
  std::set<int64_t> ids;
  for (const auto& [id, own] : to_read_) ids.insert(id);

  const auto finish_of = [](const FinishedJob* job) {
    return std::pair(job->finished_at, job->id);
  };
  std::vector<const FinishedJob*> changed;
  std::unordered_set<int64_t> changed_ids;
  for (const auto& [previous, job] : batch.jobs) {
    changed.push_back(&job);
    changed_ids.insert(job.id);
  }
  std::ranges::sort(changed, {}, finish_of);
  auto next = changed.begin();
  auto status = database.ForEachJob(ids, [&](const FinishedJob& job) {
    if (changed_ids.contains(job.id)) return;
    for (; next != changed.end() && finish_of(*next) < finish_of(&job); ++next) Add(**next);
    Add(job);
  });
  for (; next != changed.end(); ++next) Add(**next);
  return status;
}

}  // namespace xplenty
