#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ledger/chunked_list_builder.h"
#include "ledger/label_info_table.h"
#include "ledger/package_cluster.h"
#include "ledger/package_history.h"

namespace xplenty {

// The packages of one account by their label. A package counts against the series cap as long as it
// is shown or has an active series, which will show it when a job finishes. One that is not shown
// keeps its history, so that it can return with it. Not thread-safe.
class PackageTable {
 public:
  struct Package {
    PackageHistory history;
    uint64_t active_series = 0;
    bool shown = false;  // from a job on until it is retired
  };
  using Entry = std::map<std::string, Package>::value_type;  // with its label

  // `package`: what the package's label shows.
  explicit PackageTable(LabelValue package) : labels_(package) {}

  // Returns a package, which is made if it is missing. The reference stays valid.
  Entry& Get(const std::string& label) { return *packages_.try_emplace(label).first; }
  // Records what is behind the value of the package's label.
  void RecordPackage(const SeriesLabels& labels, const PackageCluster& names) {
    labels_.Record(labels.package, names.package_id, names.package_name);
  }

  // Adds a finished job, or a correction of one: `previous` is the job as it was added; null if it
  // is new. The package is shown then, unless the job is folded into package "other".
  void Add(Entry& entry, const FinishedJob& job, const FinishedJob* previous);
  // Returns true if a history that takes in a change must be computed again from all jobs of the
  // package; see PackageHistory. The changes of a commit are taken in as they finished.
  bool NeedsRecompute(const std::string& label, const JobChange& change) const;
  // Returns the labels of the packages whose histories are not exact.
  std::vector<std::string> Inexact() const;
  // Takes a history that was computed again.
  void ReplaceHistory(const std::string& label, const PackageHistory& history);

  // Count the active series of a package.
  void AddActiveSeries(const std::string& label);
  void RemoveActiveSeries(const std::string& label);

  // Returns whether the package counts against the cap, and how many do.
  bool IsTracked(const std::string& label) const;
  uint64_t tracked() const { return tracked_; }
  // Returns how many active series the package has.
  uint64_t ActiveSeriesOf(const std::string& label) const;

  // Returns the labels of the packages that are shown, have no active series and finished their
  // last job before a time.
  std::vector<std::string> IdleSince(Timestamp time) const;
  // Stops to show a package that is shown.
  void Retire(const std::string& label);

  // Fills in the packages that are shown. Two views share the blocks in which nothing was changed.
  void FillView(AccountView& view);

 private:
  static bool IsTracked(const Package& package) {
    return package.shown || package.active_series > 0;
  }

  std::map<std::string, Package> packages_;
  uint64_t tracked_ = 0;
  ChunkedListBuilder<std::string, PackageView> blocks_;
  LabelInfoTable labels_;
};

}  // namespace xplenty
