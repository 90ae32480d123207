#include "ledger/tally.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>

namespace xplenty {
namespace {

void AddSaturating(uint64_t& total, int64_t amount) {
  const auto addend = static_cast<uint64_t>(amount);
  total = addend > std::numeric_limits<uint64_t>::max() - total
              ? std::numeric_limits<uint64_t>::max()
              : total + addend;
}

JobExemplar ExemplarOf(const FinishedJob& job) {
  return {.job_id = job.id, .seconds = *job.runtime_seconds, .finished_at = job.finished_at};
}

}  // namespace

Tally::Tally(TallyOptions options)
    : options_(std::move(options)),
      zero_(std::make_shared<const BucketBounds>(options_.runtime_bounds),
            std::make_shared<const BucketBounds>(options_.wait_bounds), options_.native_histograms),
      recent_(options_.lookback),
      package_labels_(options_.labels.package.value),
      cluster_labels_(options_.labels.cluster.value) {}

SeriesLabels Tally::LabelsOf(const Pair& pair) const {
  return {pair.PackageLabel(options_.labels.package.value),
          pair.ClusterLabel(options_.labels.cluster.value)};
}

SeriesLabels Tally::OverflowLabels() const {
  const auto label = [](const LabelRule& rule) {
    return rule.value == LabelValue::kNone ? "" : "other";
  };
  return {label(options_.labels.package), label(options_.labels.cluster)};
}

Tally::Entry& Tally::EntryOf(const SeriesLabels& labels) {
  const auto known = entries_.find(labels);
  if (known != entries_.end()) return known->second;
  return entries_.emplace(labels, Entry{.series = Series(labels, zero_)}).first->second;
}

Tally::Entry& Tally::EntryOf(const Pair& pair, bool overflow) {
  if (overflow) return EntryOf(OverflowLabels());
  NoteLabels(pair);
  return EntryOf(LabelsOf(pair));
}

void Tally::NoteLabels(const Pair& pair) {
  const auto [package, cluster] = LabelsOf(pair);
  package_labels_.Note(package, pair.package_id, pair.package_name);
  cluster_labels_.Note(cluster, pair.cluster_id, pair.cluster_name);
}

void Tally::Touch(const Series& series) {
  series_blocks_.Touch(series.labels());
  changed_ = true;
}

void Tally::TouchPackage(const std::string& package) {
  package_blocks_.Touch(package);
  changed_ = true;
}

void Tally::SetShown(Entry& entry, bool shown) {
  const auto& [package, cluster] = entry.series.labels();
  entry.shown = shown;
  if (shown) {
    ++shown_;
    package_labels_.Show(package);
    cluster_labels_.Show(cluster);
  } else {
    --shown_;
    package_labels_.Hide(package);
    cluster_labels_.Hide(cluster);
  }
  Touch(entry.series);
}

bool Tally::IsShown(const SeriesLabels& labels) const {
  const auto known = entries_.find(labels);
  return known != entries_.end() && known->second.shown;
}

// With the samples that unfinished jobs will bring when they finish: a package that has none yet.
uint64_t Tally::TrackedSamples() const {
  const auto to_come = std::ranges::count_if(
      shown_by_package_, [&](const auto& shown) { return !IsTracked(shown.first); });
  const uint64_t packages =
      packages_.size() - hidden_packages_.size() + static_cast<uint64_t>(to_come);
  return shown_ * options_.samples_per_series + packages * options_.samples_per_package;
}

bool Tally::HasRoomFor(const SeriesLabels& labels, const std::set<SeriesLabels>& beside) const {
  std::set<std::string_view> packages;
  std::set<std::string_view> new_packages;
  const auto note_package = [&](const SeriesLabels& series) {
    const std::string& package = series.first;
    const bool tracked = IsTracked(package) || shown_by_package_.contains(package);
    if (series != OverflowLabels()) (tracked ? packages : new_packages).insert(package);
  };
  note_package(labels);
  for (const SeriesLabels& series : beside) note_package(series);
  const uint64_t cost = (beside.size() + 1) * options_.samples_per_series +
                        new_packages.size() * options_.samples_per_package;
  if (TrackedSamples() + cost <= options_.max_series) return true;
  // Idle packages make room, but for those that this brings back to life.
  const auto idle = std::ranges::count_if(packages_, [&](const auto& package) {
    return IsIdle(package.first, package.second) && !hidden_packages_.contains(package.first) &&
           !packages.contains(package.first);
  });
  const uint64_t room = static_cast<uint64_t>(idle) * options_.samples_per_package;
  return TrackedSamples() + cost <= options_.max_series + room;
}

void Tally::Show(const SeriesLabels& labels, Timestamp time, bool hold) {
  Entry& entry = EntryOf(labels);
  entry.series.NoteActivity(time);
  if (entry.shown) return;
  SetShown(entry, true);
  if (labels != OverflowLabels()) ++shown_by_package_[labels.first];
  if (hold) Hold(labels);
}

void Tally::Hold(const SeriesLabels& labels) {
  if (holds_.try_emplace(labels, 0).second) entries_.at(labels).series.Hold();
}

void Tally::Count(JobCounters& counters, const FinishedJob& job) {
  const size_t status = FinishedIndex(*job.counted_as);
  ++counters.finished[status];
  if (job.runtime_seconds) {
    counters.runtime[status].Observe(*job.runtime_seconds);
    counters.runtime[status].Show(ExemplarOf(job));
  }
  if (job.wait_seconds) counters.wait.Observe(*job.wait_seconds);
}

const Tally::Place& Tally::PlaceOf(const Pair& pair, int64_t key) {
  const auto [place, fresh] = places_.try_emplace(key);
  if (fresh) {
    const SeriesLabels labels = LabelsOf(pair);
    const auto [known, is_new] = packages_.try_emplace(labels.first);
    if (is_new) package_labels_.Show(labels.first);
    NoteLabels(pair);
    place->second = {
        .entry = &EntryOf(labels), .package_label = &known->first, .package = &known->second};
  }
  return place->second;
}

void Tally::AddFinished(const Pair& pair, const FinishedJob& job, const FinishedJob* before) {
  const Place* place = job.overflow ? nullptr : &PlaceOf(pair, job.pair);
  Entry& entry = place == nullptr ? EntryOf(OverflowLabels()) : *place->entry;
  entry.series.NoteActivity(job.finished_at);
  if (job.counted_as) {
    JobCounters& counters = entry.series.counters();
    if (before == nullptr) {
      Count(counters, job);
      if (job.overflow) ++overflow_jobs_;
    } else if (job.runtime_seconds) {
      counters.runtime[FinishedIndex(*job.counted_as)].Show(ExemplarOf(job));
    }
    AddSaturating(counters.records,
                  TotalRecords(job) - (before == nullptr ? 0 : TotalRecords(*before)));
  }
  if (place != nullptr) {
    const std::string& package = *place->package_label;
    const LabelScheme& scheme = options_.labels;
    const bool by_id =
        scheme.package.value == LabelValue::kId || scheme.cluster.value == LabelValue::kId;
    if (by_id) NoteLabels(pair);  // as the latest name counts, and an old one may be back
    if (hidden_packages_.erase(package) > 0) package_labels_.Show(package);
    if (before != nullptr) place->package->Withdraw(*before);
    place->package->Add(job);
    TouchPackage(package);
  }
  if (before != nullptr) {
    failures_.Correct(entry.series.package(), entry.series.cluster(), job);
  } else {
    failures_.Add(entry.series.package(), entry.series.cluster(), job);
  }
  if (const Series* const left = recent_.Enter(entry.series, job)) Touch(*left);
  Touch(entry.series);
}

bool Tally::Forgets(const Pair& pair, const FinishedJob& before, const FinishedJob& after) const {
  const auto package = packages_.find(LabelsOf(pair).first);
  return package != packages_.end() && package->second.Forgets(before, after);
}

bool Tally::ForgetsExemplar(const SeriesLabels& labels, const FinishedJob& before,
                            const FinishedJob& after) const {
  const auto entry = entries_.find(labels);
  return after.counted_as && after.runtime_seconds && after.finished_at < before.finished_at &&
         entry != entries_.end() &&
         entry->second.series.runtime(*after.counted_as).Shows(after.id, *after.runtime_seconds);
}

void Tally::SetExemplars(const SeriesLabels& labels, const JobCounters& told) {
  Entry& entry = EntryOf(labels);
  JobCounters& counters = entry.series.counters();
  for (size_t i = 0; i < told.runtime.size(); ++i) {
    counters.runtime[i].TakeExemplars(told.runtime[i]);
  }
  Touch(entry.series);
}

void Tally::SetHistory(const std::string& package, PackageHistory history) {
  packages_[package] = std::move(history);
  TouchPackage(package);
}

void Tally::LeaveRecent(int64_t id) {
  if (const Series* const left = recent_.Leave(id)) Touch(*left);
}

void Tally::SetLive(const Pair& pair, bool overflow, const Job& job, uint64_t sequence) {
  LeaveRecent(job.id);
  failures_.Remove(job.id);
  Entry& entry = EntryOf(pair, overflow);
  const auto known = live_.find(job.id);
  if (known != live_.end() && known->second.entry != &entry) {
    known->second.entry->series.EraseLive(job.id);
    Touch(known->second.entry->series);
  }
  live_[job.id] = {.status = job.status,
                   .updated_at = job.updated_at,
                   .sequence = sequence,
                   .missed = 0,
                   .pair = pair,
                   .overflow = overflow,
                   .entry = &entry};
  if (!entry.series.SetLive(job.id, LiveJobOf(job))) return;
  unfinished_.reset();
  Touch(entry.series);
}

void Tally::EraseLive(int64_t id) {
  const auto known = live_.find(id);
  if (known == live_.end()) return;
  known->second.entry->series.EraseLive(id);
  known->second.entry->series.NoteActivity(now_);
  Touch(known->second.entry->series);
  live_.erase(known);
  unfinished_.reset();
}

void Tally::TakeLiveFrom(const Tally& earlier, const std::function<bool(const Pair&)>& includes) {
  for (const auto& [id, job] : earlier.live_) {
    if (!includes(job.pair)) continue;
    const Series& known = job.entry->series;
    Show(job.overflow ? OverflowLabels() : LabelsOf(job.pair), known.last_activity(),
         earlier.IsHeld({known.package(), known.cluster()}));
    LeaveRecent(id);
    Entry& entry = EntryOf(job.pair, job.overflow);
    entry.series.SetLive(id, known.live().at(id));
    Touch(entry.series);
    live_[id] = job;
    live_[id].entry = &entry;
    failures_.Remove(id);
  }
  failures_.TakeTextsFrom(earlier.failures_);
  unfinished_.reset();
  SetTime(earlier.now_);
}

void Tally::Describe(const Job& job) {
  if (failures_.Describe(job)) changed_ = true;
}

void Tally::AddAnomalies(AnomalyReason reason, uint64_t count) {
  anomalies_[static_cast<size_t>(reason)] += count;
  changed_ = true;
}

void Tally::NumberHolds(uint64_t version) {
  for (auto& [labels, since] : holds_) {
    if (since == 0) since = version;
  }
}

std::vector<SeriesLabels> Tally::HeldSince(uint64_t version) const {
  std::vector<SeriesLabels> held;
  for (const auto& [labels, since] : holds_) {
    if (since != 0 && since <= version) held.push_back(labels);
  }
  return held;
}

void Tally::Release(const SeriesLabels& labels) {
  holds_.erase(labels);
  Entry& entry = entries_.at(labels);
  entry.series.Release();
  Touch(entry.series);
}

void Tally::SetTime(Timestamp now) {
  const auto retirement_interval = options_.series_retention / 16;
  now_ = now;
  next_retirement_ = std::min(next_retirement_, now_ + retirement_interval);
  for (const Series* const left : recent_.SetTime(now_)) Touch(*left);
  if (now_ >= next_retirement_) {
    HideIdleSeries();
    next_retirement_ = now_ + retirement_interval;
  }
}

void Tally::HideIdleSeries() {
  for (auto& [labels, entry] : entries_) {
    const bool idle = entry.series.last_activity() < now_ - options_.series_retention &&
                      !entry.series.has_live_jobs() && !holds_.contains(labels);
    if (!entry.shown || !idle) continue;
    SetShown(entry, false);
    const auto package = shown_by_package_.find(labels.first);
    if (package != shown_by_package_.end() && labels != OverflowLabels() &&
        --package->second == 0) {
      shown_by_package_.erase(package);
    }
  }
}

bool Tally::IsIdle(const std::string& name, const PackageHistory& package) const {
  return package.last_finish() < now_ - options_.series_retention &&
         !shown_by_package_.contains(name);
}

void Tally::RetireIdle() {
  HideIdleSeries();
  KeepToCap();
}

void Tally::KeepToCap() {
  if (TrackedSamples() <= options_.max_series) return;
  for (const auto& [name, package] : packages_) {
    if (!IsIdle(name, package) || !hidden_packages_.insert(name).second) continue;
    package_labels_.Hide(name);
    TouchPackage(name);
  }
}

std::vector<UnfinishedJob> Tally::UnfinishedJobs() const {
  std::vector<UnfinishedJob> jobs;
  jobs.reserve(live_.size());
  for (const auto& [id, ref] : live_) {
    const Series& series = ref.entry->series;
    const LiveJob& job = series.live().at(id);
    jobs.push_back({.id = id,
                    .package = series.package(),
                    .cluster = series.cluster(),
                    .status = job.status,
                    .progress = job.progress,
                    .created_at = job.created_at,
                    .started_at = job.started_at,
                    .records = job.records,
                    .link = job.link});
  }
  return jobs;
}

void Tally::FillView(AccountView& view) {
  view.series = series_blocks_.Cut(entries_, [](auto& entry) {
    const bool shown = entry.second.shown;
    return shown ? std::optional(entry.second.series.View()) : std::nullopt;
  });
  view.packages = package_blocks_.Cut(packages_, [&](const auto& entry) {
    const auto& [name, package] = entry;
    return hidden_packages_.contains(name) ? std::nullopt : std::optional(package.View(name));
  });
  if (!unfinished_) {
    unfinished_ = std::make_shared<const std::vector<UnfinishedJob>>(UnfinishedJobs());
  }
  view.unfinished = unfinished_;
  view.failures = failures_.View();
  view.packages_info = package_labels_.View();
  view.clusters_info = cluster_labels_.View();
  view.anomalies = anomalies_;
  view.overflow_jobs = overflow_jobs_;
  view.tracked_jobs = live_.size() + recent_.size();
  view.tracked_series = TrackedSamples();
  changed_ = false;
}

}  // namespace xplenty
