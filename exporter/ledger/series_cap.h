#pragma once

#include <algorithm>
#include <cstdint>

#include "ledger/aggregate_options.h"

namespace xplenty {

// What counts against the cap on the samples of one account.
struct CapUsage {
  uint64_t series{};    // active ones, those of folded clusters included
  uint64_t folds{};     // those of folded clusters alone
  uint64_t packages{};  // tracked ones
};

// The cap on the samples of one account (promise P9). Each package has a share of it: its gauges
// and the series `cluster="other"`, which is kept in reserve until it is needed. The first series
// of a package may use the reserve of others; further ones may not. The series of folded packages
// comes on top of the cap. Immutable.
class SeriesCap {
 public:
  explicit SeriesCap(const AggregateOptions& options)
      : max_series_(options.max_series),
        samples_per_series_(options.samples_per_series),
        samples_per_package_(options.samples_per_package) {}

  // Returns whether the samples fit, without the reserve and with it.
  bool Fits(const CapUsage& usage) const { return Samples(usage) <= max_series_; }
  bool FitsWithReserve(const CapUsage& usage) const {
    return SamplesWithReserve(usage) <= max_series_;
  }
  uint64_t max_series() const { return max_series_; }
  // Returns how many series fit beside the shares of some packages.
  uint64_t MostSeries(uint64_t packages) const {
    const uint64_t shares = packages * (samples_per_series_ + samples_per_package_);
    return (max_series_ - std::min(max_series_, shares)) / samples_per_series_;
  }
  // Returns how many packages fit that have one series each.
  uint64_t MostPackages() const {
    return max_series_ / (samples_per_series_ + samples_per_package_);
  }
  // Returns the samples in use or in reserve: at most the cap, if those in use are.
  uint64_t TrackedSamples(const CapUsage& usage) const {
    return std::max(Samples(usage), std::min(SamplesWithReserve(usage), max_series_));
  }

 private:
  uint64_t Samples(const CapUsage& usage) const {
    return usage.series * samples_per_series_ + usage.packages * samples_per_package_;
  }
  uint64_t SamplesWithReserve(const CapUsage& usage) const {
    const uint64_t reserved = usage.packages - std::min(usage.packages, usage.folds);
    return Samples(usage) + reserved * samples_per_series_;
  }

  uint64_t max_series_;
  uint64_t samples_per_series_;
  uint64_t samples_per_package_;
};

}  // namespace xplenty
