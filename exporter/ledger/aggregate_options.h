#pragma once

#include <chrono>
#include <cstdint>

#include "ledger/package_clusters.h"
#include "model/account_view.h"

namespace xplenty {

// What the figures of an account are made of, and how they are shown. All of it may change from one
// start or reload to the next: the figures follow from the stored jobs.
struct AggregateOptions {
  bool zero_first{};            // new series begin at zero (promise P6)
  PackagePredicate includes{};  // other packages are remembered as well, so that it may change
  BucketBounds runtime_bounds;
  BucketBounds wait_bounds;
  std::chrono::seconds lookback{};
  std::chrono::seconds series_retention{};
  uint64_t max_series{};          // of the account, in samples of the exposition
  uint64_t samples_per_series{};  // what one (package, cluster) costs
  uint64_t samples_per_package{};
  bool native_histograms{};
  LabelScheme labels{};
};

}  // namespace xplenty
