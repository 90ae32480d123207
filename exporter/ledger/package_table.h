#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "ledger/chunked_list_builder.h"
#include "ledger/label_info_table.h"
#include "ledger/package_cluster.h"
#include "ledger/package_history.h"

namespace xplenty {

// The packages of one account by their label. A package counts against the series cap as long as it
// is shown or has an active series, which will show it when a job finishes. Not thread-safe.
class PackageTable {
 public:
  struct Package {
    PackageHistory history;
    uint64_t active_series = 0;
    bool active = false;  // from a job on until it is retired
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
  // is new. The package is shown then.
  void Add(Entry& entry, const FinishedJob& job, const FinishedJob* previous);
  // Returns true if the history must be computed again from all jobs of the package, as a
  // correction may move a job behind one that is no longer in memory.
  bool NeedsRecompute(const std::string& label, const FinishedJob& previous,
                      const FinishedJob& after) const;
  // Takes a history that was computed again from other jobs than those that are added then.
  void ReplaceHistory(const std::string& label, const PackageHistory& history);

  // Count the active series of a package.
  void AddActiveSeries(const std::string& label);
  void RemoveActiveSeries(const std::string& label);

  // Returns whether the package counts against the cap, and how many do.
  bool IsTracked(const std::string& label) const;
  uint64_t tracked() const { return tracked_; }

  // A package is idle since before a time if it finished its last job earlier, has no active series
  // and is shown. Returns how many are beside those that are named.
  uint64_t CountIdleSince(Timestamp time, const std::set<std::string>& beside) const;
  // Stops to show the packages that are idle. Returns how many.
  uint64_t RetireIdleSince(Timestamp time);

  // Fills in the packages that are shown. Two views share the blocks in which nothing was changed.
  void FillView(AccountView& view);

 private:
  static bool IsTracked(const Package& package) {
    return package.active || package.active_series > 0;
  }
  static bool IsIdleSince(Timestamp time, const Package& package) {
    return package.active && package.active_series == 0 && package.history.last_finish() < time;
  }

  std::map<std::string, Package> packages_;
  uint64_t tracked_ = 0;
  ChunkedListBuilder<std::string, PackageView> blocks_;
  LabelInfoTable labels_;
};

}  // namespace xplenty
