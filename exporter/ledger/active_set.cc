#include "ledger/active_set.h"

#include <memory>

namespace xplenty {

JobCounters ZeroCounters(const AggregateOptions& options) {
  return JobCounters(std::make_shared<const BucketBounds>(options.runtime_bounds),
                     std::make_shared<const BucketBounds>(options.wait_bounds),
                     options.native_histograms);
}

ActiveSet::ActiveSet(const AggregateOptions& options)
    : max_series_(options.max_series),
      samples_per_series_(options.samples_per_series),
      samples_per_package_(options.samples_per_package),
      retention_(options.series_retention),
      overflow_labels_(OverflowLabels(options.labels)),
      series_(ZeroCounters(options)),
      package_labels_(options.labels.package.value),
      cluster_labels_(options.labels.cluster.value) {}

uint64_t ActiveSet::TrackedSamples() const {
  return series_.active() * samples_per_series_ + packages_.tracked() * samples_per_package_;
}

ActiveSet::Room ActiveSet::RoomFor(const SeriesLabels& labels, const std::set<SeriesLabels>& beside,
                                   Timestamp now) const {
  const Series* const known = series_.Find(labels);
  if (known != nullptr && known->active()) return Room::kActive;
  std::set<std::string> tracked;
  std::set<std::string> untracked;
  const auto add_package = [&](const SeriesLabels& added) {
    if (added == overflow_labels_) return;
    (packages_.IsTracked(added.package) ? tracked : untracked).insert(added.package);
  };
  add_package(labels);
  for (const SeriesLabels& added : beside) add_package(added);
  const uint64_t samples = TrackedSamples() + (beside.size() + 1) * samples_per_series_ +
                           untracked.size() * samples_per_package_;
  if (samples <= max_series_) return Room::kFree;
  const uint64_t idle = packages_.CountIdleSince(now - retention_, tracked);
  return samples <= max_series_ + idle * samples_per_package_ ? Room::kFree : Room::kFull;
}

void ActiveSet::Activate(Series& series, Timestamp time) {
  series.RecordActivity(time);
  if (series.active()) return;
  const auto& [package, cluster] = series.labels();
  series_.Activate(series);
  package_labels_.Show(package);
  cluster_labels_.Show(cluster);
  if (series.labels() != overflow_labels_) packages_.AddActiveSeries(package);
  changed_ = true;
}

void ActiveSet::RetireIdleSeries(Timestamp now) {
  for (const Series* const series : series_.RetireIdleSince(now - retention_)) {
    const auto& [package, cluster] = series->labels();
    package_labels_.Hide(package);
    cluster_labels_.Hide(cluster);
    if (series->labels() != overflow_labels_) packages_.RemoveActiveSeries(package);
    changed_ = true;
  }
}

void ActiveSet::KeepToCap(Timestamp now) {
  if (TrackedSamples() <= max_series_) return;
  for (const std::string& package : packages_.RetireIdleSince(now - retention_)) {
    package_labels_.Hide(package);
    changed_ = true;
  }
}

void ActiveSet::AddToPackage(const std::string& label, PackageTable::Package& package,
                             const FinishedJob& job, const FinishedJob* before) {
  if (packages_.Add(label, package, job, before)) package_labels_.Show(label);
  changed_ = true;
}

void ActiveSet::Replace(const Recomputation& computed) {
  for (const auto& [label, history] : computed.histories()) {
    packages_.ReplaceHistory(label, history);
  }
  for (const auto& [labels, counters] : computed.series()) {
    series_.Get(labels).ReplaceExemplars(counters);
  }
}

void ActiveSet::RecordNames(const PackageCluster& names, const SeriesLabels& labels) {
  package_labels_.Note(labels.package, names.package_id, names.package_name);
  cluster_labels_.Note(labels.cluster, names.cluster_id, names.cluster_name);
}

void ActiveSet::MarkDirty(const Series* series) {
  if (series == nullptr) return;
  series_.MarkDirty(*series);
  changed_ = true;
}

void ActiveSet::FillView(AccountView& view) {
  view.series = series_.View();
  view.packages = packages_.View();
  view.packages_info = package_labels_.View();
  view.clusters_info = cluster_labels_.View();
  view.tracked_series = TrackedSamples();
  changed_ = false;
}

}  // namespace xplenty
