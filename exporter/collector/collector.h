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

// The families here are pure functions of a view: equal views give equal families. A function
// returns all families of its tables in their order, also those without samples, so that the order
// does not depend on the part of the view.

// Which of the optional samples are shown.
struct CollectOptions {
  // Counters and histograms have their creation time, which is the view's count_from: nothing from
  // before it counts, so that they were 0 then.
  bool created_timestamps = false;
  // Unfinished jobs are shown one by one, the oldest ones first and this many at most; nothing:
  // they are not.
  std::optional<uint64_t> per_job{};
  // How often packages should succeed, by the value of the package's label.
  std::map<std::string, std::chrono::milliseconds> expected_intervals{};
};

// Return the families of one block of a list of the view with that header.
std::vector<MetricFamily> CollectSeries(const ViewHeader& header, const SeriesList::Block& block,
                                        bool created_timestamps);
std::vector<MetricFamily> CollectPackages(const ViewHeader& header,
                                          const PackageList::Block& block);
std::vector<MetricFamily> CollectPackageInfos(const ViewHeader& header,
                                              const LabelInfos::Block& block);
std::vector<MetricFamily> CollectClusterInfos(const ViewHeader& header,
                                              const LabelInfos::Block& block);

// Returns the families about the account as a whole, and those that are optional.
std::vector<MetricFamily> CollectLedger(const AccountView& view, const CollectOptions& options);

// Return how many samples one series, and one package, have at most in a text format. A series pays
// for one cluster, too, as most clusters have one series.
uint64_t SamplesPerSeries(const BucketBounds& runtime, const BucketBounds& wait,
                          bool created_timestamps);
uint64_t SamplesPerPackage();

}  // namespace xplenty
