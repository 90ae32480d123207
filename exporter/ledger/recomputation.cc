#include "ledger/recomputation.h"

#include <unordered_set>
#include <utility>

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

  const auto finish_of = [](const FinishedJob& job) { return std::pair(job.finished_at, job.id); };
  std::unordered_set<int64_t> changed;
  for (const auto& [previous, job] : batch.jobs) changed.insert(job.id);
  auto next = batch.jobs.begin();
  auto status = database.ForEachJob(ids, [&](const FinishedJob& job) {
    if (changed.contains(job.id)) return;
    for (; next != batch.jobs.end() && finish_of(next->after) < finish_of(job); ++next) {
      Add(next->after);
    }
    Add(job);
  });
  for (; next != batch.jobs.end(); ++next) Add(next->after);
  return status;
}

}  // namespace xplenty
