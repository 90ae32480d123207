#include "app/series_room.h"

#include <algorithm>
#include <cstdint>

namespace xplenty {
namespace {

constexpr uint64_t kSomePackages = 10;

}  // namespace

std::string SeriesRoomText(const LedgerOptions& options) {
  const AggregateOptions& costs = options.aggregates;
  const uint64_t pair = costs.samples_per_series;
  // With a series in reserve for the clusters that have no room.
  const uint64_t package = pair + costs.samples_per_package;
  const uint64_t packages = costs.max_series / package;
  std::string text = "Account `" + options.account_label + "`: up to " + std::to_string(pair) +
                     " series for each package and cluster, and " +
                     std::to_string(costs.samples_per_package) + " for each package. A cap of " +
                     std::to_string(costs.max_series) + " (--metrics.max-series) has room for " +
                     std::to_string(packages) + " packages on one cluster each";
  const bool has_clusters = costs.labels.cluster.value != LabelValue::kNone;
  if (has_clusters && packages > kSomePackages) {
    const uint64_t clusters = (costs.max_series - kSomePackages * package) / pair;
    text += ", or for " + std::to_string(kSomePackages) + " packages and the latest " +
            std::to_string(clusters) + " clusters";
  }
  return text + ".";
}

}  // namespace xplenty
