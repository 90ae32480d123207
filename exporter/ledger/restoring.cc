#include "ledger/restoring.h"

#include "ledger/recomputation.h"

namespace xplenty {

Result<ZeroFirst::Rows> Restoring::Run(Timestamp since, const std::set<int64_t>& package_clusters) {
  RETURN_IF_ERROR(RestoreRecent(since, package_clusters));
  RETURN_IF_ERROR(database_.ForEachPackageCluster(
      [&](const PackageClusterRow& row) { slots_.push_back(SlotOf(row)); }));
  RETURN_IF_ERROR(RestoreJobs());
  RETURN_IF_ERROR(CompleteFailures());
  RETURN_IF_ERROR(RecomputeHistories());
  return std::move(not_pending_);
}

// A series that is pending shows zero, so it must be known before its jobs. One that is active by
// then shows the jobs of others that are not pending.
Status Restoring::RestoreRecent(Timestamp since, const std::set<int64_t>& package_clusters) {
  std::vector<PackageClusterRow> pending;
  const auto restore = [&](const PackageClusterRow& row) {
    const auto& known = figures_.package_clusters.Add(row.id, row.names, row.seen_at);
    if (row.zero_pending && known.active && options_.zero_first) {
      pending.push_back(row);
      return;
    }
    if (row.zero_pending) not_pending_.package_clusters.push_back(row.id);
    if (!known.active) return;
    Series& series = figures_.tracked.series().Get(known.labels);
    if (!row.overflow) figures_.Activate(series, row.seen_at);
  };
  RETURN_IF_ERROR(database_.ForEachRecentPackageCluster(since, package_clusters, restore));
  for (const PackageClusterRow& row : pending) RestorePending(row);
  return OkStatus();
}

void Restoring::RestorePending(const PackageClusterRow& row) {
  ZeroFirst& zero_first = figures_.zero_first;
  const SeriesLabels labels = figures_.package_clusters.LabelsOf(row.id, Fold::kNone);
  Series& series = figures_.tracked.series().Get(labels);
  if (!series.activity().active()) figures_.BeginZeroFirst(series);
  figures_.Activate(series, row.seen_at);
  if (zero_first.IsPending(labels)) {
    zero_first.AddPackageCluster(labels, row.id);
  } else {
    not_pending_.package_clusters.push_back(row.id);
  }
}

Restoring::Slot Restoring::SlotOf(const PackageClusterRow& row) {
  if (!figures_.package_clusters.IsActive(row.names)) return {};
  TrackedSeries& tracked = figures_.tracked;
  const SeriesLabels labels = figures_.package_clusters.LabelsOf(row.names);
  Slot slot{.series = nullptr, .package = &tracked.packages().Get(labels.package), .names = {}};
  const bool in_memory = tracked.series().Find(labels) != nullptr;
  if (in_memory) {
    slot.series = &tracked.series().Get(labels);
  } else {
    tracked.AddForgotten(labels);
  }
  const auto shows_id = [](const LabelRule& rule) { return rule.value == LabelValue::kId; };
  if (row.overflow || shows_id(options_.labels.package) || shows_id(options_.labels.cluster)) {
    slot.names = std::make_shared<const PackageCluster>(row.names);
  }
  if (!row.overflow) {
    tracked.RecordNames(labels, row.names, in_memory ? Fold::kNone : Fold::kCluster);
  }
  return slot;
}

Status Restoring::RestoreJobs() {
  std::vector<FinishedJob> pending;
  RETURN_IF_ERROR(database_.ForEachJob([&](const FinishedJob& job) {
    if (job.zero_pending) {
      pending.push_back(job);
    } else {
      RestoreJob(job);
    }
  }));
  // What their series showed before them is known now.
  for (const FinishedJob& job : pending) RestoreJob(job);
  return OkStatus();
}

void Restoring::RestoreJob(const FinishedJob& job) {
  const Slot& slot = slots_[static_cast<size_t>(job.package_cluster - 1)];
  Series* const series = SeriesOf(job, slot);
  const bool pending = job.zero_pending && options_.zero_first && series != nullptr;
  if (job.zero_pending && !pending) not_pending_.jobs.push_back(job.id);
  if (slot.package == nullptr) return;
  if (slot.names) RecordNames(job, slot);
  if (series != nullptr) figures_.Activate(*series, job.finished_at);
  if (pending) figures_.BeginZeroFirst(*series);
  figures_.Add(job, nullptr, series, *slot.package);
}

// Returns the series in which a job is counted; null if it is not in memory, or not shown.
Series* Restoring::SeriesOf(const FinishedJob& job, const Slot& slot) {
  if (job.fold == Fold::kNone || slot.package == nullptr) return slot.series;
  SeriesTable& series = figures_.tracked.series();
  const SeriesLabels own{.package = slot.package->first, .cluster = {}};
  return &series.Get(FoldedLabels(own, series.overflow_labels(), job.fold));
}

// Of a series that is not in memory the package alone is recorded.
void Restoring::RecordNames(const FinishedJob& job, const Slot& slot) {
  SeriesLabels own{.package = slot.package->first, .cluster = {}};
  if (slot.series != nullptr) own.cluster = slot.series->labels().cluster;
  const bool forgotten = slot.series == nullptr && job.fold == Fold::kNone;
  figures_.tracked.RecordNames(own, *slot.names, forgotten ? Fold::kCluster : job.fold);
}

// Finds the clusters of failures whose series are not in memory.
Status Restoring::CompleteFailures() {
  const SeriesLabels overflow = figures_.tracked.series().overflow_labels();
  const Shared<FailedJob> failures = figures_.failures.View();
  for (const FailedJob& failure : *failures) {
    if (!failure.cluster.empty() || overflow.cluster.empty()) continue;
    const auto job = database_.FindJob(failure.id);
    if (!job) return job.error();
    const auto row = database_.FindPackageCluster((*job)->package_cluster);
    if (!row) return row.error();
    const SeriesLabels own = figures_.package_clusters.LabelsOf(row->names);
    const SeriesLabels labels = FoldedLabels(own, overflow, (*job)->fold);
    figures_.failures.Correct(labels.package, labels.cluster, **job);
  }
  return OkStatus();
}

// Jobs come by id, which is not always the order in which they finished.
Status Restoring::RecomputeHistories() {
  TrackedSeries& tracked = figures_.tracked;
  Recomputation inexact(figures_.package_clusters, tracked.series());
  for (const std::string& label : tracked.packages().Inexact()) inexact.AddPackage(label);
  if (inexact.empty()) return OkStatus();
  RETURN_IF_ERROR(inexact.Read(database_, {}));
  for (const auto& [label, history] : inexact.histories()) {
    tracked.packages().ReplaceHistory(label, history);
  }
  return OkStatus();
}

}  // namespace xplenty
