#include "ledger/series_cap.h"

#include <string>

namespace xplenty {

uint64_t SeriesCap::TrackedSamples(const SeriesTable& series, const PackageTable& packages) const {
  return series.active() * samples_per_series_ + packages.tracked() * samples_per_package_;
}

SeriesCap::Room SeriesCap::RoomFor(const SeriesLabels& labels, const std::set<SeriesLabels>& beside,
                                   const SeriesTable& series, const PackageTable& packages,
                                   Timestamp idle_since) const {
  const Series* const known = series.Find(labels);
  if (known != nullptr && known->active()) return Room::kActive;
  std::set<std::string> tracked;
  std::set<std::string> untracked;
  const auto add_package = [&](const SeriesLabels& added) {
    if (added == overflow_labels_) return;
    (packages.IsTracked(added.package) ? tracked : untracked).insert(added.package);
  };
  add_package(labels);
  for (const SeriesLabels& added : beside) add_package(added);
  const uint64_t samples = TrackedSamples(series, packages) +
                           (beside.size() + 1) * samples_per_series_ +
                           untracked.size() * samples_per_package_;
  if (samples <= max_series_) return Room::kFree;
  const uint64_t idle = packages.CountIdleSince(idle_since, tracked);
  return samples <= max_series_ + idle * samples_per_package_ ? Room::kFree : Room::kFull;
}

}  // namespace xplenty
