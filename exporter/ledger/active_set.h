#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>

#include "base/timestamp.h"
#include "ledger/aggregate_options.h"
#include "ledger/label_index.h"
#include "ledger/package_table.h"
#include "ledger/recomputation.h"
#include "ledger/series_table.h"

namespace xplenty {

// The series and packages of one account: which of them are shown, under which labels, and how the
// cap on samples limits them. The series of jobs past the cap, package "other" and cluster "other",
// comes on top of the cap. Knows no clock. Not thread-safe.
class ActiveSet {
 public:
  // Whether a series is active, or may become active without exceeding the cap.
  enum class Room { kActive, kFree, kFull };

  explicit ActiveSet(const AggregateOptions& options);

  // Return a series or a package, which is made if it is missing. References stay valid.
  Series& SeriesOf(const SeriesLabels& labels) { return series_.Get(labels); }
  PackageTable::Package& PackageOf(const std::string& label) { return packages_.Get(label); }
  // Return what is there of all series and packages.
  const SeriesTable& series() const { return series_; }
  const PackageTable& packages() const { return packages_; }

  // Returns whether a series may become active beside others that are about to. Packages that are
  // idle at the time `now` make room, unless one of these series brings them back.
  Room RoomFor(const SeriesLabels& labels, const std::set<SeriesLabels>& beside,
               Timestamp now) const;
  // Makes a series active, and records something that happened in it.
  void Activate(Series& series, Timestamp time);
  // Retires the series that are idle at the time `now`.
  void RetireIdleSeries(Timestamp now);
  // Retires the packages that are idle at the time `now`, if the cap is exceeded.
  void KeepToCap(Timestamp now);

  // Adds a finished job to the package of a label; see PackageTable::Add().
  void AddToPackage(const std::string& label, PackageTable::Package& package,
                    const FinishedJob& job, const FinishedJob* before);
  // Takes what was computed again.
  void Replace(const Recomputation& computed);
  // Records what is behind the values of both labels.
  void RecordNames(const PackageCluster& names, const SeriesLabels& labels);

  // Must be called after each change of what a series shows. Null changes nothing.
  void MarkDirty(const Series* series);
  // Returns whether FillView() would give anything else than the last time.
  bool changed() const { return changed_; }
  void FillView(AccountView& view);

 private:
  uint64_t TrackedSamples() const;

  uint64_t max_series_;
  uint64_t samples_per_series_;
  uint64_t samples_per_package_;
  std::chrono::seconds retention_;
  SeriesLabels overflow_labels_;
  SeriesTable series_;
  PackageTable packages_;
  LabelIndex package_labels_;
  LabelIndex cluster_labels_;
  bool changed_ = true;
};

// Returns counters without a job.
JobCounters ZeroCounters(const AggregateOptions& options);

}  // namespace xplenty
