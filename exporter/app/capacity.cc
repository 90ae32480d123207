#include "app/capacity.h"

#include <chrono>
#include <cstdint>

#include "app/account_options.h"
#include "base/duration.h"
#include "ledger/series_cap.h"

namespace xplenty {
namespace {

std::string Clusters(const SeriesCap& cap, const Config::Metrics& metrics) {
  const bool one_package = metrics.labels.package.value == LabelValue::kNone;
  constexpr uint64_t kPackages[] = {1, 10, 100};
  std::string text;
  for (const uint64_t packages : kPackages) {
    const uint64_t clusters = cap.MostSeries(packages) / packages;
    if (clusters < 2 || (one_package && packages > 1)) break;
    text += packages == 1 ? "1 package on " : ", or " + std::to_string(packages) + " packages on ";
    text += std::to_string(clusters) + " clusters" + (packages == 1 ? "" : " each");
  }
  return text;
}

}  // namespace

std::string CapacityText(const Config& config) {
  const Config::Metrics& metrics = config.metrics;
  const AggregateOptions options =
      LedgerOptionsOf({.account = {}, .api = {}, .refresh = config.refresh, .metrics = metrics}, "")
          .aggregates;
  const SeriesCap cap(options);
  const std::string series = std::to_string(options.samples_per_series);
  const std::string package = std::to_string(options.samples_per_package);
  const std::string max_series = "--metrics.max-series=" + std::to_string(cap.max_series());
  if (metrics.labels.cluster.value == LabelValue::kNone) {
    return "Each package costs " + series + " + " + package + " series.\n" + max_series +
           " holds per account " + std::to_string(cap.MostPackages()) + " packages.\n";
  }
  const auto retention = std::chrono::ceil<std::chrono::seconds>(metrics.series_retention);
  const uint64_t runs_a_day = cap.MostSeries(1) * 86'400 / static_cast<uint64_t>(retention.count());
  return "Each package on a cluster costs " + series + " series, and each package " + package +
         " and a reserve of " + series + ".\n" + max_series + " holds per account " +
         Clusters(cap, metrics) + ", and " + std::to_string(cap.MostPackages()) +
         " packages at most.\n" + "With a cluster for each run, up to " +
         std::to_string(runs_a_day) + " runs a day keep their series for the " +
         FormatDuration(retention) + " of --metrics.series-retention.\n";
}

}  // namespace xplenty
