#include "ledger/series_table.h"

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

bool SeriesTable::Activate(Series& series) {
  if (series.active()) return false;
  series.set_active(true);
  ++active_;
  cluster_labels_.Activate(series.labels().cluster);
  MarkDirty(series);
  return true;
}

std::vector<const Series*> SeriesTable::RetireIdleSince(Timestamp time) {
  std::vector<const Series*> retired;
  for (auto& [labels, series] : series_) {
    if (!series.active() || !series.IsIdleSince(time)) continue;
    series.set_active(false);
    --active_;
    cluster_labels_.Retire(labels.cluster);
    MarkDirty(series);
    retired.push_back(&series);
  }
  return retired;
}

void SeriesTable::FillView(AccountView& view) {
  view.series = blocks_.Build(series_, [](auto& entry) {
    Series& series = entry.second;
    return series.active() ? std::optional(series.View()) : std::nullopt;
  });
  view.clusters_info = cluster_labels_.View();
}

}  // namespace xplenty
