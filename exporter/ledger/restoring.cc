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
  const auto& [own_series, package, names] = slots_[static_cast<size_t>(job.package_cluster - 1)];
  TrackedSeries& tracked = figures_.tracked;
  Series* series = nullptr;
  if (package != nullptr) {
    const SeriesLabels own{.package = package->first,
                           .cluster = own_series == nullptr ? "" : own_series->labels().cluster};
    const SeriesLabels& overflow = tracked.series().overflow_labels();
    series = job.fold == Fold::kNone ? own_series
                                     : &tracked.series().Get(FoldedLabels(own, overflow, job.fold));
    const bool cluster_in_memory = own_series != nullptr || job.fold != Fold::kNone;
    if (names) tracked.RecordNames(own, *names, cluster_in_memory ? job.fold : Fold::kCluster);
  }
  const bool pending = job.zero_pending && options_.zero_first && series != nullptr;
  if (job.zero_pending && !pending) not_pending_.jobs.push_back(job.id);
  if (package == nullptr) return;
  if (series != nullptr) figures_.Activate(*series, job.finished_at);
  if (pending) figures_.BeginZeroFirst(*series);
  figures_.Add(job, nullptr, series, *package);
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
