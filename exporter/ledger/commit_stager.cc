#include "ledger/commit_stager.h"

#include <optional>
#include <utility>

namespace xplenty {

CommitStager::CommitStager(JobDatabase& database, const JobAggregates& aggregates,
                           const LabelScheme& labels, const CountingContext& context,
                           bool zero_first)
    : database_(database), aggregates_(aggregates), labels_(labels), context_(context) {
  pending_.server_time = context.server_time;
  pending_.zero_first = zero_first;
}

Status CommitStager::StageAnomaly(const Anomaly& anomaly) {
  if (new_anomalies_.contains(anomaly)) return Done{};
  const auto known = database_.HasAnomaly(anomaly);
  if (!known) return known.error();
  if (*known) return Done{};
  new_anomalies_.insert(anomaly);
  pending_.batch.anomalies.push_back(anomaly);
  return Done{};
}

Status CommitStager::StageJob(const Job& job) {
  std::optional<FinishedJob> known;
  if (const auto staged = staged_jobs_.find(job.id); staged != staged_jobs_.end()) {
    known = pending_.batch.jobs[staged->second].after;
  } else {
    auto stored = database_.FindJob(job.id);
    if (!stored) return stored.error();
    known = std::move(*stored);
  }
  JobDecision decision = ApplyCountingRules(job, known ? &*known : nullptr, context_);
  for (const AnomalyReason reason : decision.anomalies) {
    if (auto status = StageAnomaly({reason, job.id}); !status) return status;
  }
  if (job.status == JobStatus::kFailed) pending_.failed.push_back(&job);
  if (decision.finished) {
    StageFinished(job, std::move(*decision.finished), std::move(known));
  } else if (decision.unfinished) {
    const PackageCluster names = PackageClusterOf(job);
    const bool shown =
        known ? IsShown(known->package_cluster) : aggregates_.package_clusters().IsShown(names);
    if (!shown) return Done{};
    const Place place = PlaceOf(names);
    pending_.unfinished[job.id] = {
        .job = &job, .package_cluster = place.package_cluster, .overflow = place.overflow};
  }
  return Done{};
}

void CommitStager::StageFinished(const Job& job, FinishedJob after,
                                 std::optional<FinishedJob> before) {
  pending_.unfinished.erase(job.id);
  if (!before) {
    // A job of a package that is not shown is remembered, but it is part of no figure.
    const PackageCluster names = PackageClusterOf(job);
    const Place place = aggregates_.package_clusters().IsShown(names)
                            ? PlaceOf(names)
                            : Place{.package_cluster = StagePackageCluster(names, false, false)};
    after.package_cluster = place.package_cluster;
    after.overflow = place.overflow;
    after.zero_pending = after.counted_as && place.zero_pending;
  }
  if (const auto staged = staged_jobs_.find(job.id); staged != staged_jobs_.end()) {
    pending_.batch.jobs[staged->second].after = std::move(after);
    return;
  }
  // What is shown as reopened, or has left the lookback too early, returns to the finished ones.
  if (before && after == *before &&
      (!IsShown(after.package_cluster) || aggregates_.IsInPlace(after))) {
    return;
  }
  staged_jobs_[job.id] = pending_.batch.jobs.size();
  pending_.batch.jobs.push_back({.before = std::move(before), .after = std::move(after)});
}

bool CommitStager::IsShown(int64_t package_cluster) const {
  const PackageClusters& known = aggregates_.package_clusters();
  if (package_cluster <= known.size()) return known.IsShown(package_cluster);
  const auto place = static_cast<size_t>(package_cluster - known.size() - 1);
  return known.IsShown(pending_.batch.package_clusters[place].after.names);
}

CommitStager::Place CommitStager::PlaceOf(const PackageCluster& names) {
  using Room = ActiveSet::Room;
  SeriesLabels labels = LabelsOf(names, labels_);
  const auto room_for = [&](const SeriesLabels& series) {
    return pending_.new_series.contains(series) ? Room::kFree
                                                : aggregates_.RoomFor(series, pending_.new_series);
  };
  Room room = room_for(labels);
  const bool overflow = room == Room::kFull;
  if (overflow) {
    labels = OverflowLabels(labels_);
    room = room_for(labels);
  }
  const bool active = room == Room::kActive;
  const bool zero_pending =
      active ? aggregates_.zero_first().IsPending(labels) : pending_.zero_first;
  if (!active) pending_.new_series.insert(labels);
  const int64_t id = StagePackageCluster(names, overflow, zero_pending);
  return {.package_cluster = id, .overflow = overflow, .zero_pending = zero_pending};
}

int64_t CommitStager::StagePackageCluster(const PackageCluster& names, bool overflow,
                                          bool zero_pending) {
  const PackageClusters& known = aggregates_.package_clusters();
  if (const auto id = known.Find(names)) return *id;
  const int64_t next = known.size() + std::ssize(new_package_clusters_) + 1;
  const auto [staged, inserted] = new_package_clusters_.try_emplace(names, next);
  if (inserted) {
    pending_.batch.package_clusters.push_back({.before = {},
                                               .after = {.id = next,
                                                         .names = names,
                                                         .seen_at = context_.server_time,
                                                         .zero_pending = !overflow && zero_pending,
                                                         .overflow = overflow}});
  }
  return staged->second;
}

Status CommitStager::StageRecomputation() {
  Recomputation recomputed = aggregates_.NeededRecomputation(pending_.batch.jobs);
  if (recomputed.empty()) return Done{};
  auto status = database_.ForEachJob(recomputed.PackageClustersToRead(), [&](const auto& job) {
    if (!staged_jobs_.contains(job.id)) recomputed.Add(job);
  });
  if (status) pending_.recomputed.emplace(std::move(recomputed));
  return status;
}

}  // namespace xplenty
