#include "ledger/tracked_series.h"

#include <limits>

namespace xplenty {

TrackedSeries::TrackedSeries(const AggregateOptions& options, const JobCounters& zero)
    : cap_(options), series_(zero, options.labels), packages_(options.labels.package.value) {}

bool TrackedSeries::Activate(Series& series, Timestamp time) {
  series.activity().RecordEvent(time);
  if (!series_.Activate(series)) return false;
  if (series.labels() != series_.overflow_labels()) {
    packages_.AddActiveSeries(series.labels().package);
  }
  return true;
}

void TrackedSeries::Retire(Series& series) {
  series_.Retire(series);
  if (series.labels() != series_.overflow_labels()) {
    packages_.RemoveActiveSeries(series.labels().package);
  }
}

bool TrackedSeries::RetireIdle(Timestamp since) {
  const auto idle = series_.IdleSince(since);
  for (Series* const series : idle) Retire(*series);
  return !idle.empty();
}

// What was counted before a start or a reload has been scraped, except for the latest changes, and
// the series of these stay.
bool TrackedSeries::KeepToCap(Timestamp idle_since) {
  if (cap_.Fits(Usage())) return false;
  for (const std::string& label : packages_.IdleSince(idle_since)) packages_.Retire(label);
  constexpr auto kAnyVersion = std::numeric_limits<uint64_t>::max() - 1;
  for (const Series* const idle : series_.Evictable(kAnyVersion)) {
    if (cap_.FitsWithReserve(Usage())) break;
    const bool first = packages_.ActiveSeriesOf(idle->labels().package) == 1;
    if (!first || !cap_.Fits(Usage())) Retire(series_.Get(idle->labels()));
  }
  return true;
}

void TrackedSeries::ForgetRetired() {
  for (const SeriesLabels& labels : series_.RemoveRetired()) AddForgotten(labels);
}

bool TrackedSeries::IsForgotten(const SeriesLabels& labels) const {
  return series_.Find(labels) == nullptr && forgotten_.Contains(labels);
}

void TrackedSeries::RecordNames(const SeriesLabels& own, const PackageCluster& names, Fold fold) {
  if (fold == Fold::kPackage) return;
  packages_.RecordPackage(own, names);
  if (fold == Fold::kNone) series_.RecordCluster(own, names);
}

void TrackedSeries::FillView(AccountView& view) {
  series_.FillView(view);
  packages_.FillView(view);
  view.tracked_series = cap_.TrackedSamples(Usage());
  view.max_series = cap_.max_series();
}

}  // namespace xplenty
