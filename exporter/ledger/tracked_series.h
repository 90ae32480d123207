#pragma once

#include <cstdint>

#include "base/timestamp.h"
#include "ledger/aggregate_options.h"
#include "ledger/forgotten_series.h"
#include "ledger/package_table.h"
#include "ledger/series_admission.h"
#include "ledger/series_cap.h"
#include "ledger/series_table.h"

namespace xplenty {

// The series and the packages of one account, and which of them are shown within the cap on their
// samples (promise P9). Not thread-safe.
class TrackedSeries {
 public:
  TrackedSeries(const AggregateOptions& options, const JobCounters& zero);

  SeriesTable& series() { return series_; }
  const SeriesTable& series() const { return series_; }
  PackageTable& packages() { return packages_; }
  const PackageTable& packages() const { return packages_; }

  // Returns what chooses the series of the jobs of one commit; see SeriesAdmission.
  SeriesAdmission Admission(Timestamp idle_since, uint64_t scraped_version) const {
    return {cap_, series_, packages_, idle_since, scraped_version};
  }

  // Makes a series active in which something happened. Returns false if it is already.
  bool Activate(Series& series, Timestamp time);
  void Retire(Series& series);
  // Retire the series in which nothing has happened since a time, and what no longer fits: commits
  // keep to the cap, but a start or a reload may bring more. Each returns false if that is nothing.
  bool RetireIdle(Timestamp since);
  bool KeepToCap(Timestamp idle_since);

  // Forgets what is not shown and has no jobs in memory.
  void ForgetRetired();
  // Records that the jobs of a series are stored, but not in memory.
  void AddForgotten(const SeriesLabels& labels) { forgotten_.Add(labels); }
  // Returns true if a series is not in memory, but there may be stored jobs of it.
  bool IsForgotten(const SeriesLabels& labels) const;

  // Records the names behind the labels under which a job is shown.
  void RecordNames(const SeriesLabels& own, const PackageCluster& names, Fold fold);
  // Fills in what is shown.
  void FillView(AccountView& view);

 private:
  CapUsage Usage() const {
    return {.series = series_.active(),
            .folds = series_.active_folds(),
            .packages = packages_.tracked()};
  }

  SeriesCap cap_;
  SeriesTable series_;
  PackageTable packages_;
  ForgottenSeries forgotten_;
};

}  // namespace xplenty
