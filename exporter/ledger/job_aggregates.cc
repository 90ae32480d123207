#include "ledger/job_aggregates.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "ledger/counting.h"
#include "ledger/recomputation.h"
#include "ledger/restoring.h"

namespace xplenty {

JobAggregates::JobAggregates(AggregateOptions options)
    : options_(std::move(options)),
      figures_(options_, JobCounters(std::make_shared<const BucketBounds>(options_.runtime_bounds),
                                     std::make_shared<const BucketBounds>(options_.wait_bounds),
                                     options_.native_histograms)),
      churn_(options_.samples_per_series) {}

Result<ZeroFirst::Rows> JobAggregates::Restore(JobDatabase& database, const DatabaseState& state,
                                               const JobAggregates* earlier) {
  anomalies_ = state.anomalies;
  // The server's clock was at least there. What the lookback has left need not come in.
  if (state.header.watermark) {
    now_ = *state.header.watermark;
    figures_.recent.SetTime(now_);
  }
  const auto needed =
      earlier == nullptr ? std::set<int64_t>{} : earlier->unfinished_.PackageClusters();
  auto not_pending = Restoring(database, options_, figures_)
                         .Run(std::min(IdleSince(), now_ - options_.lookback), needed);
  if (!not_pending) return not_pending;
  if (earlier != nullptr) {
    CopyUnfinishedFrom(*earlier);
    churn_.CopyFrom(earlier->churn_);
  }
  SetTime(earlier != nullptr ? earlier->now_ : now_);
  return not_pending;
}

void JobAggregates::CopyUnfinishedFrom(const JobAggregates& earlier) {
  for (const auto& [id, known] : earlier.unfinished_.all()) {
    const auto* const package_cluster = figures_.package_clusters.Find(known.package_cluster);
    if (package_cluster == nullptr || !package_cluster->active) continue;
    UnfinishedJobs::Entry entry = known;
    const SeriesLabels labels =
        figures_.package_clusters.LabelsOf(known.package_cluster, known.fold);
    entry.view.package = labels.package;
    entry.view.cluster = labels.cluster;
    entry.series = &figures_.tracked.series().Get(labels);
    const bool zero_first = earlier.figures_.zero_first.IsPending(known.series->labels());
    const bool active = entry.series->activity().active();
    if (zero_first && options_.zero_first && !active) figures_.BeginZeroFirst(*entry.series);
    figures_.Activate(*entry.series, known.series->activity().last_event());
    SetUnfinished(entry);
  }
  figures_.failures.TakeTextsFrom(earlier.figures_.failures);
}

Status JobAggregates::Recall(JobDatabase& database, const std::vector<Job>& jobs,
                             const StoredJobs& stored) {
  Recomputation forgotten(figures_.package_clusters, figures_.tracked.series());
  const auto ask_for = [&](const PackageCluster& names) {
    if (!figures_.package_clusters.IsActive(names)) return;
    const SeriesLabels labels = figures_.package_clusters.LabelsOf(names);
    if (figures_.tracked.IsForgotten(labels)) forgotten.AddSeries(labels);
  };
  for (const std::optional<FinishedJob>& job : stored) {
    if (!job) continue;
    const auto* known = figures_.package_clusters.Find(job->package_cluster);
    if (known == nullptr) {
      const auto row = database.FindPackageCluster(job->package_cluster);
      if (!row) return row.error();
      known = &figures_.package_clusters.Add(row->id, row->names, row->seen_at);
    }
    ask_for(known->names);
  }
  for (const Job& job : jobs) ask_for(PackageClusterOf(job));
  if (forgotten.empty()) return OkStatus();
  RETURN_IF_ERROR(forgotten.Read(database, {}));
  for (const auto& [labels, counters] : forgotten.series()) {
    figures_.tracked.series().Recall(labels, counters);
  }
  return OkStatus();
}

void JobAggregates::Apply(const PendingCommit& commit) {
  SeriesTable& series_table = figures_.tracked.series();
  PackageTable& packages = figures_.tracked.packages();
  for (const SeriesLabels& labels : commit.retired_series) {
    figures_.tracked.Retire(series_table.Get(labels));
  }
  for (const std::string& label : commit.retired_packages) packages.Retire(label);
  SeriesChurn::Changes churn{.created = 0, .evicted = commit.retired_series.size()};
  for (const SeriesLabels& labels : commit.new_series) {
    if (series_table.Find(labels) == nullptr) ++churn.created;
    Series& series = series_table.Get(labels);
    if (commit.zero_first) figures_.BeginZeroFirst(series);
    figures_.Activate(series, commit.server_time);
  }
  for (const auto& [previous, row] : commit.batch.package_clusters) {
    const auto& known = figures_.package_clusters.Add(row.id, row.names, row.seen_at);
    if (row.zero_pending) figures_.zero_first.AddPackageCluster(known.labels, row.id);
    if (known.active && !row.overflow) {
      figures_.tracked.RecordNames(known.labels, known.names, Fold::kNone);
    }
  }
  for (const auto& [previous, job] : commit.batch.jobs) {
    figures_.package_clusters.RecordUse(job.package_cluster, commit.server_time);
    const auto& known = figures_.package_clusters.Get(job.package_cluster);
    if (!known.active) continue;
    EraseUnfinished(job.id);
    Series& series =
        series_table.Get(figures_.package_clusters.LabelsOf(job.package_cluster, job.fold));
    figures_.tracked.RecordNames(known.labels, known.names, job.fold);
    figures_.Add(job, previous ? &*previous : nullptr, &series, packages.Get(known.labels.package));
    if (!previous) ++churn.finished_jobs;
    if (commit.batch.header.initial_sync_complete) series.activity().MarkUnscraped();
  }
  if (commit.batch.header.initial_sync_complete) churn_.Add(churn, commit.server_time);
  if (commit.recomputed) {
    for (const auto& [label, history] : commit.recomputed->histories()) {
      packages.ReplaceHistory(label, history);
    }
    for (const auto& [labels, counters] : commit.recomputed->series()) {
      series_table.Get(labels).ReplaceExemplars(counters);
    }
  }
  for (const auto& [id, job] : commit.unfinished) SetUnfinished(job, commit);
  for (const int64_t id : commit.vanished) EraseUnfinished(id);
  if (commit.reconciled_since) unfinished_.CountMissesSince(*commit.reconciled_since);
  for (const Anomaly& anomaly : commit.batch.anomalies) {
    ++anomalies_[static_cast<size_t>(anomaly.reason)];
    figures_.changed = true;
  }
  for (const Job* const job : commit.failed) {
    if (figures_.failures.Describe(*job)) figures_.changed = true;
  }
}

void JobAggregates::SetUnfinished(const PendingCommit::Unfinished& staged,
                                  const PendingCommit& commit) {
  const Job& job = *staged.job;
  const UnfinishedJobs::Entry* const known = unfinished_.Find(job.id);
  if (known != nullptr && IsOlder(job.updated_at, known->updated_at, commit.server_time)) return;
  const auto& package_cluster = figures_.package_clusters.Get(staged.package_cluster);
  const SeriesLabels labels =
      figures_.package_clusters.LabelsOf(staged.package_cluster, staged.fold);
  figures_.tracked.RecordNames(package_cluster.labels, package_cluster.names, staged.fold);
  figures_.package_clusters.RecordUse(staged.package_cluster, commit.server_time);
  SetUnfinished({.view = UnfinishedJobOf(job, labels),
                 .updated_at = job.updated_at,
                 .sequence = commit.sequence,
                 .missed = 0,
                 .package_cluster = staged.package_cluster,
                 .fold = staged.fold,
                 .series = &figures_.tracked.series().Get(labels)});
}

void JobAggregates::SetUnfinished(const UnfinishedJobs::Entry& entry) {
  figures_.MarkDirty(figures_.recent.Leave(entry.view.id));
  figures_.failures.Remove(entry.view.id);
  for (const Series* const series : unfinished_.Set(entry)) figures_.MarkDirty(series);
}

void JobAggregates::EraseUnfinished(int64_t id) {
  Series* const series = unfinished_.Erase(id);
  if (series == nullptr) return;
  series->activity().RecordEvent(now_);
  figures_.MarkDirty(series);
}

void JobAggregates::SetTime(Timestamp now) {
  const auto retirement_interval = std::min(options_.series_retention, options_.lookback) / 16;
  now_ = now;
  next_retirement_ = std::min(next_retirement_, now_ + retirement_interval);
  for (const Series* const left : figures_.recent.SetTime(now_)) figures_.MarkDirty(left);
  if (churn_.SetTime(now_)) figures_.changed = true;
  const bool due = now_ >= next_retirement_;
  if (due) {
    next_retirement_ = now_ + retirement_interval;
    if (figures_.tracked.RetireIdle(IdleSince())) figures_.changed = true;
  }
  if (figures_.tracked.KeepToCap(IdleSince())) figures_.changed = true;
  if (!due) return;
  figures_.tracked.ForgetRetired();
  figures_.package_clusters.ForgetUnused(now_ - options_.lookback, unfinished_.PackageClusters());
}

AccountView JobAggregates::BuildView(uint64_t version) {
  AccountView view;
  view.version = version;
  figures_.FillView(view);
  view.unfinished = unfinished_.View();
  view.anomalies = anomalies_;
  churn_.FillView(view);
  view.tracked_jobs = unfinished_.all().size() + figures_.recent.size();
  return view;
}

}  // namespace xplenty
