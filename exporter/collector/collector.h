#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exposition/metric_family.h"
#include "ledger/account_view.h"

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

// All families about an account's jobs and its ledger, in a fixed order. A pure function. Families
// without samples are left out.
std::vector<MetricFamily> CollectAccount(const AccountView& view,
                                         const CollectOptions& options = {});

// What one (package, cluster) and one package cost at most, in samples of the exposition.
uint64_t SamplesPerSeries(const BucketBounds& runtime, const BucketBounds& wait,
                          bool created_timestamps);
uint64_t SamplesPerPackage();

}  // namespace xplenty
