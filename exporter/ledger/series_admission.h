#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ledger/package_table.h"
#include "ledger/series_cap.h"
#include "ledger/series_table.h"

namespace xplenty {

// Chooses the series in which the jobs of one commit are counted, so that the cap is kept (promise
// P9). Past the cap the series that has been idle longest is retired; it returns with its values.
// If there is none, the cluster of the job is folded, and only if its package has no room either,
// the package. Changes nothing: the caller applies the result. Not thread-safe.
class SeriesAdmission {
 public:
  struct Place {
    SeriesLabels labels;
    Fold fold{};
    bool is_new{};  // the series becomes active by this commit
  };

  // References must outlive this. `idle_since`: packages whose last job finished earlier may be
  // retired. `scraped_version`: the latest view that a scrape has received.
  SeriesAdmission(const SeriesCap& cap, const SeriesTable& series, const PackageTable& packages,
                  Timestamp idle_since, uint64_t scraped_version);

  // Returns where a job that was not counted before is counted. `own`: the labels of its package
  // and cluster.
  Place PlaceOf(const SeriesLabels& own);
  // Keeps a series that the commit changes from being retired.
  void Keep(const SeriesLabels& labels) { used_.insert(labels); }

  // Return what has become of the places: what is retired, and then becomes active.
  const std::vector<SeriesLabels>& retired_series() const { return retired_series_; }
  const std::vector<std::string>& retired_packages() const { return retired_packages_; }
  const std::set<SeriesLabels>& new_series() const { return new_series_; }

 private:
  bool IsActive(const SeriesLabels& labels) const;
  bool IsFirstOfPackage(const std::string& package) const;
  bool IsTracked(const std::string& package) const;
  bool Admit(const SeriesLabels& labels, bool may_use_reserve);
  std::optional<CapUsage> MakeRoom(CapUsage usage, const std::string& package,
                                   bool may_use_reserve);
  void FindIdle();

  const SeriesCap& cap_;
  const SeriesTable& series_;
  const PackageTable& packages_;
  const Timestamp idle_since_;
  const uint64_t scraped_version_;
  const SeriesLabels& overflow_labels_;
  CapUsage usage_;  // with what is new and without what is retired
  std::set<SeriesLabels> used_;
  std::set<SeriesLabels> new_series_;
  std::vector<SeriesLabels> retired_series_;
  std::vector<std::string> retired_packages_;
  // What may be retired, the first to be so last; not known until room is short.
  struct Idle {
    std::vector<std::string> packages;
    std::vector<const Series*> series;
  };
  std::optional<Idle> idle_;
};

}  // namespace xplenty
