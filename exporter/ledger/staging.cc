#include "ledger/staging.h"

#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "jobs/fingerprint.h"
#include "ledger/counting.h"

namespace xplenty {
namespace {

// Stages the rows of one commit. References must outlive it.
class Stager {
 public:
  Stager(JobDatabase& database, const JobAggregates& aggregates, const AggregateOptions& options,
         const LedgerHeader& header, Timestamp server_time, uint64_t scraped_version)
      : database_(database),
        aggregates_(aggregates),
        known_(aggregates.figures().package_clusters),
        overflow_labels_(aggregates.figures().tracked.series().overflow_labels()),
        admission_(aggregates.figures().tracked.Admission(aggregates.IdleSince(), scraped_version)),
        context_{.count_from = header.count_from.value_or(server_time),
                 .server_time = server_time} {
    pending.server_time = server_time;
    pending.batch.header = header;
    pending.zero_first = header.initial_sync_complete && options.zero_first;
  }

  // Stages one row of the page. `stored`: what the database has of the job.
  Status StageJob(const Job& job, const std::optional<FinishedJob>& stored);
  // Stages an anomaly, unless it is known: each subject counts once for each reason.
  Status StageAnomaly(const Anomaly& anomaly);
  // Computes figures again that the staged jobs make unknown, and makes room for their series.
  // Once, after all rows.
  Status Finish();

  PendingCommit pending;

 private:
  // Where a job is counted that is seen for the first time.
  struct Place {
    int64_t package_cluster{};
    Fold fold{};
    bool zero_pending{};
  };

  void StageFinished(FinishedJob after, std::optional<FinishedJob> previous);
  Result<Place> PlaceOf(const PackageCluster& names, bool active);
  Status StagePackageFold(const PackageCluster& names);
  bool IsActive(int64_t package_cluster) const;
  const PackageCluster& NamesOf(int64_t package_cluster) const;
  // Returns false for a finished job that is not where it belongs: among the unfinished ones, as it
  // was reopened, or outside the lookback, as the server's clock was ahead. Applying its row again
  // puts it right.
  bool IsInPlace(const FinishedJob& job) const;
  void SortByFinish();
  Status Recompute();

  JobDatabase& database_;
  const JobAggregates& aggregates_;
  const PackageClusters& known_;
  const SeriesLabels& overflow_labels_;
  SeriesAdmission admission_;
  const CountingContext context_;
  std::unordered_map<int64_t, size_t> staged_jobs_;  // by id, to their places in the batch
  std::map<PackageCluster, int64_t> new_package_clusters_;
  std::set<Anomaly> new_anomalies_;
};

Status Stager::StageAnomaly(const Anomaly& anomaly) {
  if (new_anomalies_.contains(anomaly)) return OkStatus();
  const auto known = database_.HasAnomaly(anomaly);
  if (!known) return known.error();
  if (*known) return OkStatus();
  new_anomalies_.insert(anomaly);
  pending.batch.anomalies.push_back(anomaly);
  return OkStatus();
}

Status Stager::StageJob(const Job& job, const std::optional<FinishedJob>& stored) {
  std::optional<FinishedJob> known = stored;
  if (const auto staged = staged_jobs_.find(job.id); staged != staged_jobs_.end()) {
    known = pending.batch.jobs[staged->second].after;
  }
  JobDecision decision = ApplyCountingRules(job, known ? &*known : nullptr, context_);
  for (const AnomalyReason reason : decision.anomalies) {
    RETURN_IF_ERROR(StageAnomaly({reason, job.id}));
  }
  if (job.status == JobStatus::kFailed) pending.failed.push_back(&job);
  if (decision.finished) {
    if (!known) {
      const PackageCluster names = PackageClusterOf(job);
      const auto place = PlaceOf(names, known_.IsActive(names));
      if (!place) return place.error();
      decision.finished->package_cluster = place->package_cluster;
      decision.finished->fold = place->fold;
      decision.finished->zero_pending = decision.finished->counted_as && place->zero_pending;
    }
    StageFinished(std::move(*decision.finished), std::move(known));
  } else if (decision.unfinished) {
    const PackageCluster names = PackageClusterOf(job);
    if (!(known ? IsActive(known->package_cluster) : known_.IsActive(names))) return OkStatus();
    const auto place = PlaceOf(names, /*active=*/true);
    if (!place) return place.error();
    pending.unfinished[job.id] = {
        .job = &job, .package_cluster = place->package_cluster, .fold = place->fold};
  }
  return OkStatus();
}

void Stager::StageFinished(FinishedJob after, std::optional<FinishedJob> previous) {
  pending.unfinished.erase(after.id);
  const auto [staged, is_new] = staged_jobs_.try_emplace(after.id, pending.batch.jobs.size());
  if (!is_new) {
    pending.batch.jobs[staged->second].after = std::move(after);
    return;
  }
  // A job that was shown as reopened, or has left the lookback too early, returns to the finished
  // ones though its row is the same.
  if (previous && after == *previous && (!IsActive(after.package_cluster) || IsInPlace(after))) {
    staged_jobs_.erase(staged);
    return;
  }
  if (previous) {
    const SeriesLabels own = known_.LabelsOf(NamesOf(previous->package_cluster));
    admission_.Keep(FoldedLabels(own, overflow_labels_, previous->fold));
  }
  pending.batch.jobs.push_back({.previous = std::move(previous), .after = std::move(after)});
}

bool Stager::IsActive(int64_t package_cluster) const {
  return known_.IsActive(NamesOf(package_cluster));
}

const PackageCluster& Stager::NamesOf(int64_t package_cluster) const {
  if (const auto* const known = known_.Find(package_cluster)) return known->names;
  const auto place = static_cast<size_t>(package_cluster - database_.package_clusters() - 1);
  return pending.batch.package_clusters[place].after.names;
}

bool Stager::IsInPlace(const FinishedJob& job) const {
  const RecentFinished& recent = aggregates_.figures().recent;
  const bool left_early = !recent.IsBefore(job.finished_at) && !recent.contains(job.id);
  return !left_early && aggregates_.unfinished().Find(job.id) == nullptr;
}

// A job of a package that is not shown is remembered, but it is part of no figure.
Result<Stager::Place> Stager::PlaceOf(const PackageCluster& names, bool active) {
  Place place;
  bool shows_zero = false;
  if (active) {
    const SeriesAdmission::Place series = admission_.PlaceOf(known_.LabelsOf(names));
    const Series* const known = aggregates_.figures().tracked.series().Find(series.labels);
    shows_zero = known == nullptr || known->ShowsZero();
    place.fold = series.fold;
    place.zero_pending = series.is_new ? pending.zero_first
                                       : aggregates_.figures().zero_first.IsPending(series.labels);
    if (place.fold == Fold::kPackage) {
      RETURN_IF_ERROR(StagePackageFold(names));
    }
  }
  if (const auto id = known_.Find(names)) {
    place.package_cluster = *id;
    return place;
  }
  const int64_t next = database_.package_clusters() + std::ssize(new_package_clusters_) + 1;
  const auto [staged, is_new] = new_package_clusters_.try_emplace(names, next);
  place.package_cluster = staged->second;
  if (is_new) {
    pending.batch.package_clusters.push_back(
        {.previous = {},
         .after = {.id = next,
                   .names = names,
                   .seen_at = context_.server_time,
                   .zero_pending = place.fold == Fold::kNone && place.zero_pending && shows_zero,
                   .overflow = place.fold != Fold::kNone}});
  }
  return place;
}

// Without an id, the name is the subject.
Status Stager::StagePackageFold(const PackageCluster& names) {
  Fingerprint name;
  name.Add('n', names.package_name);
  const size_t known = pending.batch.anomalies.size();
  RETURN_IF_ERROR(StageAnomaly({AnomalyReason::kPackageFolded,
                                names.package_id.value_or(static_cast<int64_t>(name.value()))}));
  const bool is_new = pending.batch.anomalies.size() > known;
  if (is_new) pending.folded_packages.push_back(PackageNameOf(names));
  return OkStatus();
}

Status Stager::Finish() {
  pending.retired_series = admission_.retired_series();
  pending.retired_packages = admission_.retired_packages();
  pending.new_series = admission_.new_series();
  SortByFinish();
  return Recompute();
}

// Sorting in place makes GCC 12 warn of the optional rows that it moves, without a reason.
void Stager::SortByFinish() {
  std::map<std::pair<Timestamp, int64_t>, JobChange> by_finish;
  for (JobChange& change : pending.batch.jobs) {
    const std::pair finish(change.after.finished_at, change.after.id);
    by_finish.emplace(finish, std::move(change));
  }
  pending.batch.jobs.clear();
  for (auto& [finish, change] : by_finish) pending.batch.jobs.push_back(std::move(change));
}

Status Stager::Recompute() {
  const TrackedSeries& tracked = aggregates_.figures().tracked;
  Recomputation needed(known_, tracked.series());
  for (const JobChange& change : pending.batch.jobs) {
    const PackageCluster& names = NamesOf(change.after.package_cluster);
    if (!known_.IsActive(names)) continue;
    const SeriesLabels own = known_.LabelsOf(names);
    if (tracked.packages().NeedsRecompute(own.package, change)) needed.AddPackage(own.package);
    if (!change.previous) continue;
    const SeriesLabels labels = FoldedLabels(own, overflow_labels_, change.after.fold);
    const Series* const series = tracked.series().Find(labels);
    if (series != nullptr && series->NeedsExemplars(*change.previous, change.after)) {
      needed.AddSeries(labels);
    }
  }
  if (needed.empty()) return OkStatus();
  RETURN_IF_ERROR(needed.Read(database_, pending.batch));
  pending.recomputed.emplace(std::move(needed));
  return OkStatus();
}

}  // namespace

Result<StoredJobs> FindStored(JobDatabase& database, const std::vector<Job>& jobs) {
  StoredJobs stored;
  stored.reserve(jobs.size());
  for (const Job& job : jobs) {
    auto found = database.FindJob(job.id);
    if (!found) return found.error();
    stored.push_back(std::move(*found));
  }
  return stored;
}

Result<PendingCommit> StagePage(JobDatabase& database, const JobAggregates& aggregates,
                                const AggregateOptions& options, const LedgerHeader& header,
                                const PageCommit& page, const StoredJobs& stored) {
  Stager stager(database, aggregates, options, header, page.server_time, page.scraped_version);
  for (const RejectedRow& row : page.rejects) {
    const Anomaly anomaly{AnomalyReason::kMalformed, static_cast<int64_t>(row.fingerprint)};
    RETURN_IF_ERROR(stager.StageAnomaly(anomaly));
  }
  for (size_t i = 0; i < page.jobs.size(); ++i) {
    RETURN_IF_ERROR(stager.StageJob(page.jobs[i], stored[i]));
  }
  RETURN_IF_ERROR(stager.Finish());
  if (page.watermark > header.watermark) stager.pending.batch.header.watermark = page.watermark;
  return std::move(stager.pending);
}

Result<PendingCommit> StageReconcile(JobDatabase& database, const JobAggregates& aggregates,
                                     const AggregateOptions& options, const LedgerHeader& header,
                                     uint64_t sequence) {
  Stager stager(database, aggregates, options, header, {}, /*scraped_version=*/0);
  stager.pending.reconciled_since = sequence;
  stager.pending.vanished = aggregates.unfinished().MissedTwiceSince(sequence);
  for (const int64_t id : stager.pending.vanished) {
    const UnfinishedJobs::Entry& job = *aggregates.unfinished().Find(id);
    // One of an unknown status cannot be asked for, and no scan shows it once it is that old.
    const bool old = job.updated_at && aggregates.figures().recent.IsBefore(*job.updated_at);
    if (job.view.status == JobStatus::kUnknown && old) continue;
    ++stager.pending.reported;
    const Anomaly anomaly{AnomalyReason::kVanished, id};
    RETURN_IF_ERROR(stager.StageAnomaly(anomaly));
  }
  return std::move(stager.pending);
}

Status StageUnmarked(JobDatabase& database, const ZeroFirst::Rows& rows, WriteBatch& batch) {
  for (const int64_t id : rows.package_clusters) {
    auto row = database.FindPackageCluster(id);
    if (!row) return row.error();
    batch.package_clusters.push_back({.previous = *row, .after = *row});
    batch.package_clusters.back().after.zero_pending = false;
  }
  for (const int64_t id : rows.jobs) {
    auto job = database.FindJob(id);
    if (!job) return job.error();
    batch.jobs.push_back({.previous = *job, .after = **job});
    batch.jobs.back().after.zero_pending = false;
  }
  return OkStatus();
}

}  // namespace xplenty
