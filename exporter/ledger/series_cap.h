#pragma once

#include <cstdint>
#include <set>

#include "base/timestamp.h"
#include "ledger/aggregate_options.h"
#include "ledger/package_table.h"
#include "ledger/series_table.h"

namespace xplenty {

// The cap on the samples of one account. The series of jobs past the cap, package "other" and
// cluster "other", comes on top of it. Pure.
class SeriesCap {
 public:
  // Whether a series is active, or may become active without exceeding the cap.
  enum class Room { kActive, kFree, kFull };

  explicit SeriesCap(const AggregateOptions& options)
      : max_series_(options.max_series),
        samples_per_series_(options.samples_per_series),
        samples_per_package_(options.samples_per_package),
        overflow_labels_(OverflowLabels(options.labels)) {}

  // Returns the samples that active series and tracked packages cost.
  uint64_t TrackedSamples(const SeriesTable& series, const PackageTable& packages) const;
  // Returns whether `labels` may become active beside other series that are about to. Packages that
  // are idle since before a time make room, unless one of these series brings them back.
  Room RoomFor(const SeriesLabels& labels, const std::set<SeriesLabels>& beside,
               const SeriesTable& series, const PackageTable& packages, Timestamp idle_since) const;
  // Returns whether packages must be retired.
  bool IsExceeded(const SeriesTable& series, const PackageTable& packages) const {
    return TrackedSamples(series, packages) > max_series_;
  }

 private:
  uint64_t max_series_;
  uint64_t samples_per_series_;
  uint64_t samples_per_package_;
  SeriesLabels overflow_labels_;
};

}  // namespace xplenty
