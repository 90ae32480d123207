#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exposition/metric_family.h"
#include "model/account_view.h"

namespace xplenty {

struct CollectOptions {
  // Counters and histograms tell since when they count: their ledger's count_from, before which
  // nothing counts, so that they were 0 then.
  bool created_timestamps = false;
  // Show unfinished jobs one by one, so many at most; none: do not.
  std::optional<uint64_t> per_job{};
  // How often packages should succeed, by label.
  std::map<std::string, std::chrono::milliseconds> expected_intervals{};
};

// The families of a part of what is known of an account, in a fixed order; all of a table, so that
// the order is that of the table whichever part has samples. Pure functions: what is equal gives
// equal families.
std::vector<MetricFamily> CollectSeries(const ViewFrame& frame, const SeriesList::Block& block,
                                        bool created_timestamps);
std::vector<MetricFamily> CollectPackages(const ViewFrame& frame, const PackageList::Block& block);
std::vector<MetricFamily> CollectPackageInfos(const ViewFrame& frame,
                                              const LabelInfos::Block& block);
std::vector<MetricFamily> CollectClusterInfos(const ViewFrame& frame,
                                              const LabelInfos::Block& block);
// What is about the account as a whole, and what is shown only on request.
std::vector<MetricFamily> CollectLedger(const AccountView& view, const CollectOptions& options);

// What one (package, cluster) and one package cost at most, in samples of the exposition.
uint64_t SamplesPerSeries(const BucketBounds& runtime, const BucketBounds& wait,
                          bool created_timestamps);
uint64_t SamplesPerPackage();

}  // namespace xplenty
