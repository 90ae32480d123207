#include "ledger/job_aggregates.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "ledger/counting.h"

namespace xplenty {

JobAggregates::JobAggregates(AggregateOptions options)
    : options_(std::move(options)),
      overflow_labels_(OverflowLabels(options_.labels)),
      zero_(std::make_shared<const BucketBounds>(options_.runtime_bounds),
            std::make_shared<const BucketBounds>(options_.wait_bounds), options_.native_histograms),
      package_clusters_(options_.includes),
      series_(zero_, options_.labels),
      packages_(options_.labels.package.value),
      cap_(options_),
      recent_(options_.lookback),
      labels_by_id_(options_.labels.package.value == LabelValue::kId ||
                    options_.labels.cluster.value == LabelValue::kId) {}

bool JobAggregates::IsInPlace(const FinishedJob& job) const {
  const bool left_early = !recent_.IsBefore(job.finished_at) && !recent_.contains(job.id);
  return !left_early && unfinished_.Find(job.id) == nullptr;
}

Recomputation JobAggregates::NeededRecomputation(const std::vector<JobChange>& changes) const {
  Recomputation needed(package_clusters_, options_.labels, zero_);
  for (const auto& [previous, after] : changes) {
    if (!previous || !package_clusters_.IsActive(after.package_cluster)) continue;
    const SeriesLabels labels = LabelsOf(after.package_cluster, after.fold);
    const Series* const series = series_.Find(labels);
    if (series != nullptr && series->NeedsExemplars(*previous, after)) needed.AddSeries(labels);
    const std::string package = LabelsOf(after.package_cluster).package;
    if (packages_.NeedsRecompute(package, *previous, after)) needed.AddPackage(package);
  }
  return needed;
}

void JobAggregates::MarkDirty(const Series* series) {
  if (series == nullptr) return;
  series_.MarkDirty(*series);
  changed_ = true;
}

void JobAggregates::Activate(Series& series, Timestamp time) {
  series.RecordActivity(time);
  if (!series_.Activate(series)) return;
  if (series.labels() != overflow_labels_) packages_.AddActiveSeries(series.labels().package);
  changed_ = true;
}

void JobAggregates::Retire(Series& series) {
  series_.Retire(series);
  if (series.labels() != overflow_labels_) packages_.RemoveActiveSeries(series.labels().package);
  changed_ = true;
}

void JobAggregates::RetirePackage(const std::string& label) {
  packages_.Retire(label);
  changed_ = true;
}

void JobAggregates::RecordNames(int64_t package_cluster, Fold fold) {
  if (fold == Fold::kPackage) return;
  const PackageCluster& names = NamesOf(package_cluster);
  const SeriesLabels labels = LabelsOf(package_cluster);
  packages_.RecordPackage(labels, names);
  if (fold == Fold::kNone) series_.RecordCluster(labels, names);
}

void JobAggregates::BeginZeroFirst(Series& series) {
  if (zero_first_.Begin(series.labels())) series.Freeze();
}

void JobAggregates::Release(const SeriesLabels& labels) {
  zero_first_.End(labels);
  Series& series = series_.Get(labels);
  series.Unfreeze();
  series.MarkUnscraped();
  MarkDirty(&series);
}

void JobAggregates::AddPackageCluster(const PackageClusterRow& row) {
  package_clusters_.Add(row.names);
  slots_.emplace_back();
  if (!row.overflow && package_clusters_.IsActive(row.id)) RecordNames(row.id, Fold::kNone);
}

JobAggregates::Slot JobAggregates::SlotOf(const FinishedJob& job) {
  Slot& own = slots_[static_cast<size_t>(job.package_cluster - 1)];
  if (own.package == nullptr) {
    own.package = &packages_.Get(LabelsOf(job.package_cluster).package);
  }
  if (job.fold != Fold::kNone) {
    return {.series = &series_.Get(LabelsOf(job.package_cluster, job.fold)),
            .package = own.package};
  }
  if (own.series == nullptr) {
    own.series = &series_.Get(LabelsOf(job.package_cluster));
    RecordNames(job.package_cluster, Fold::kNone);
  }
  return own;
}

std::vector<int64_t> JobAggregates::Restore(const DatabaseState& state) {
  for (const PackageClusterRow& row : state.package_clusters) AddPackageCluster(row);
  anomalies_ = state.anomalies;
  const auto is_pending = [&](const PackageClusterRow& row) {
    return row.zero_pending && options_.zero_first && package_clusters_.IsActive(row.id);
  };
  for (const PackageClusterRow& row : state.package_clusters) {
    if (row.overflow || !package_clusters_.IsActive(row.id) || is_pending(row)) continue;
    Activate(series_.Get(LabelsOf(row.id)), row.seen_at);
  }
  // A series that is pending shows zero, so it must be known before its jobs. One that is active by
  // now shows the jobs of others that are not pending.
  std::vector<int64_t> not_pending;
  for (const PackageClusterRow& row : state.package_clusters) {
    if (is_pending(row)) {
      Series& series = series_.Get(LabelsOf(row.id));
      if (!series.active()) BeginZeroFirst(series);
      Activate(series, row.seen_at);
      if (zero_first_.IsPending(series.labels())) {
        zero_first_.AddPackageCluster(series.labels(), row.id);
        continue;
      }
    }
    if (row.zero_pending) not_pending.push_back(row.id);
  }
  // The server's clock was at least there. What the lookback has left need not come in.
  if (state.header.watermark) {
    now_ = *state.header.watermark;
    recent_.SetTime(now_);
  }
  return not_pending;
}

bool JobAggregates::Restore(const FinishedJob& job) {
  const bool active = package_clusters_.IsActive(job.package_cluster);
  const bool pending = job.zero_pending && options_.zero_first && active;
  if (!active) return job.zero_pending;
  Series& series = *SlotOf(job).series;
  Activate(series, job.finished_at);
  if (pending) BeginZeroFirst(series);
  Add(job, nullptr);
  return job.zero_pending && !pending;
}

void JobAggregates::Add(const FinishedJob& job, const FinishedJob* previous) {
  const auto [series, package] = SlotOf(job);
  const SeriesLabels& labels = series->labels();
  series->Count(job, previous);
  // Of an id the latest name is shown, and an earlier one may be back.
  if (labels_by_id_ || job.fold == Fold::kCluster) RecordNames(job.package_cluster, job.fold);
  packages_.Add(*package, job, previous);
  if (job.fold != Fold::kNone && job.counted_as && previous == nullptr) ++overflow_jobs_;
  if (previous == nullptr) {
    failures_.Add(labels.package, labels.cluster, job);
    if (job.zero_pending) zero_first_.AddJob(labels, job.id);
  } else {
    failures_.Correct(labels.package, labels.cluster, job);
  }
  MarkDirty(recent_.Enter(*series, job));
  MarkDirty(series);
}

void JobAggregates::Apply(const PendingCommit& commit) {
  for (const SeriesLabels& labels : commit.retired_series) Retire(series_.Get(labels));
  for (const std::string& label : commit.retired_packages) RetirePackage(label);
  for (const SeriesLabels& labels : commit.new_series) {
    Series& series = series_.Get(labels);
    if (commit.zero_first) BeginZeroFirst(series);
    Activate(series, commit.server_time);
  }
  for (const auto& [previous, row] : commit.batch.package_clusters) {
    AddPackageCluster(row);
    if (row.zero_pending) {
      zero_first_.AddPackageCluster(LabelsOf(row.id), row.id);
    }
  }
  if (commit.recomputed) {
    for (const auto& [label, history] : commit.recomputed->histories()) {
      packages_.ReplaceHistory(label, history);
    }
    for (const auto& [labels, counters] : commit.recomputed->series()) {
      series_.Get(labels).ReplaceExemplars(counters);
    }
  }
  for (const auto& [previous, job] : commit.batch.jobs) {
    if (!package_clusters_.IsActive(job.package_cluster)) continue;
    EraseUnfinished(job.id);
    Add(job, previous ? &*previous : nullptr);
    if (commit.batch.header.initial_sync_complete) SlotOf(job).series->MarkUnscraped();
  }
  for (const auto& [id, job] : commit.unfinished) SetUnfinished(job, commit);
  for (const int64_t id : commit.vanished) EraseUnfinished(id);
  if (commit.reconciled_since) unfinished_.CountMissesSince(*commit.reconciled_since);
  for (const Anomaly& anomaly : commit.batch.anomalies) {
    ++anomalies_[static_cast<size_t>(anomaly.reason)];
    changed_ = true;
  }
  for (const Job* const job : commit.failed) {
    if (failures_.Describe(*job)) changed_ = true;
  }
}

void JobAggregates::SetUnfinished(const PendingCommit::Unfinished& staged,
                                  const PendingCommit& commit) {
  const Job& job = *staged.job;
  const UnfinishedJobs::Entry* const known = unfinished_.Find(job.id);
  if (known != nullptr && IsOlder(job.updated_at, known->updated_at, commit.server_time)) return;
  const SeriesLabels labels = LabelsOf(staged.package_cluster, staged.fold);
  RecordNames(staged.package_cluster, staged.fold);
  SetUnfinished({.view = UnfinishedJobOf(job, labels),
                 .updated_at = job.updated_at,
                 .sequence = commit.sequence,
                 .missed = 0,
                 .package_cluster = staged.package_cluster,
                 .fold = staged.fold,
                 .series = &series_.Get(labels)});
}

void JobAggregates::SetUnfinished(const UnfinishedJobs::Entry& entry) {
  MarkDirty(recent_.Leave(entry.view.id));
  failures_.Remove(entry.view.id);
  for (const Series* const series : unfinished_.Set(entry)) MarkDirty(series);
}

void JobAggregates::EraseUnfinished(int64_t id) {
  Series* const series = unfinished_.Erase(id);
  if (series == nullptr) return;
  series->RecordActivity(now_);
  MarkDirty(series);
}

void JobAggregates::CopyStateFrom(const JobAggregates& earlier) {
  for (const auto& [id, known] : earlier.unfinished_.all()) {
    const auto package_cluster = package_clusters_.Find(earlier.NamesOf(known.package_cluster));
    if (!package_cluster || !package_clusters_.IsActive(*package_cluster)) continue;
    UnfinishedJobs::Entry entry = known;
    entry.package_cluster = *package_cluster;
    const SeriesLabels labels = LabelsOf(*package_cluster, known.fold);
    entry.view.package = labels.package;
    entry.view.cluster = labels.cluster;
    entry.series = &series_.Get(labels);
    const bool zero_first = earlier.zero_first_.IsPending(known.series->labels());
    if (zero_first && options_.zero_first && !entry.series->active()) BeginZeroFirst(*entry.series);
    Activate(*entry.series, known.series->last_activity());
    SetUnfinished(entry);
  }
  failures_.TakeTextsFrom(earlier.failures_);
  SetTime(earlier.now_);
}

void JobAggregates::SetTime(Timestamp now) {
  const auto retirement_interval = options_.series_retention / 16;
  now_ = now;
  next_retirement_ = std::min(next_retirement_, now_ + retirement_interval);
  for (const Series* const left : recent_.SetTime(now_)) MarkDirty(left);
  if (now_ >= next_retirement_) {
    next_retirement_ = now_ + retirement_interval;
    for (Series* const series : series_.IdleSince(IdleSince())) Retire(*series);
  }
  KeepToCap();
}

// Commits keep to the cap; a start or a reload may bring more than fits. What was counted before it
// has been scraped, except for the latest changes, and the series of these stay.
void JobAggregates::KeepToCap() {
  if (cap_.Fits(Usage())) return;
  for (const std::string& label : packages_.IdleSince(IdleSince())) RetirePackage(label);
  constexpr auto kAnyVersion = std::numeric_limits<uint64_t>::max() - 1;
  for (const Series* const idle : series_.Evictable(kAnyVersion)) {
    if (cap_.FitsWithReserve(Usage())) return;
    const bool first = packages_.ActiveSeriesOf(idle->labels().package) == 1;
    if (!first || !cap_.Fits(Usage())) Retire(series_.Get(idle->labels()));
  }
}

AccountView JobAggregates::BuildView(uint64_t version) {
  zero_first_.RecordView(version);
  AccountView view;
  view.version = version;
  series_.FillView(view);
  packages_.FillView(view);
  view.unfinished = unfinished_.View();
  view.failures = failures_.View();
  view.anomalies = anomalies_;
  view.overflow_jobs = overflow_jobs_;
  view.tracked_series = cap_.TrackedSamples(Usage());
  view.tracked_jobs = unfinished_.all().size() + recent_.size();
  changed_ = false;
  return view;
}

}  // namespace xplenty
