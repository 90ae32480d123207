#include "ledger/series_table.h"

#include <algorithm>

namespace xplenty {

Series& SeriesTable::Get(const SeriesLabels& labels) {
  const auto known = series_.find(labels);
  if (known != series_.end()) return known->second;
  return series_.try_emplace(labels, labels, zero_).first->second;
}

const Series* SeriesTable::Find(const SeriesLabels& labels) const {
  const auto known = series_.find(labels);
  return known == series_.end() ? nullptr : &known->second;
}

void SeriesTable::CountActive(const Series& series, uint64_t change) {
  if (series.labels() == overflow_labels_) return;
  active_ += change;
  if (IsFold(series)) active_folds_ += change;
}

bool SeriesTable::Activate(Series& series) {
  if (series.activity().active()) return false;
  series.activity().set_active(true);
  CountActive(series, 1);
  cluster_labels_.Activate(series.labels().cluster);
  MarkDirty(series);
  return true;
}

void SeriesTable::Retire(Series& series) {
  series.activity().set_active(false);
  CountActive(series, static_cast<uint64_t>(-1));
  cluster_labels_.Retire(series.labels().cluster);
  MarkDirty(series);
}

std::vector<Series*> SeriesTable::IdleSince(Timestamp time) {
  std::vector<Series*> idle;
  for (auto& [labels, series] : series_) {
    const SeriesActivity& activity = series.activity();
    if (activity.active() && series.IsIdle() && activity.last_event() < time) {
      idle.push_back(&series);
    }
  }
  return idle;
}

std::vector<const Series*> SeriesTable::Evictable(uint64_t scraped_version) const {
  std::vector<const Series*> evictable;
  for (const auto& [labels, series] : series_) {
    const bool idle = series.activity().active() && series.IsIdle() &&
                      series.activity().IsScrapedBy(scraped_version);
    if (idle && !IsFold(series)) evictable.push_back(&series);
  }
  std::ranges::stable_sort(evictable, {},
                           [](const Series* series) { return series->activity().last_event(); });
  return evictable;
}

std::vector<SeriesLabels> SeriesTable::RemoveRetired() {
  std::vector<SeriesLabels> removed;
  std::erase_if(series_, [&](const auto& entry) {
    const auto& [labels, series] = entry;
    if (series.activity().active() || series.HasJobs() || IsFold(series)) return false;
    cluster_labels_.ForgetUnused(labels.cluster);
    removed.push_back(labels);
    return true;
  });
  return removed;
}

void SeriesTable::FillView(AccountView& view) {
  view.series = blocks_.Build(series_, [&view](auto& entry) {
    Series& series = entry.second;
    return series.activity().active() ? std::optional(series.View(view.version)) : std::nullopt;
  });
  view.clusters_info = cluster_labels_.View();
}

}  // namespace xplenty
