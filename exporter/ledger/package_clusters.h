#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/timestamp.h"
#include "ledger/package_cluster.h"

namespace xplenty {

// Returns whether a package is shown, by its name (PackageNameOf()). All are if it is empty.
using PackagePredicate = std::function<bool(std::string_view package)>;

// The package-clusters that jobs have used of late, by their ids in the table `package_clusters`.
// Others are in the database alone, so that memory does not grow where each run has a cluster of
// its own. Not thread-safe.
class PackageClusters {
 public:
  struct Entry {
    PackageCluster names;
    SeriesLabels labels;  // of its own series
    bool active{};        // whether the package is shown
    Timestamp last_used{};
  };

  // `shows` is asked and labels are made once for each package-cluster that is added.
  PackageClusters(PackagePredicate shows, LabelScheme scheme)
      : shows_(std::move(shows)),
        overflow_labels_(OverflowLabels(scheme)),
        scheme_(std::move(scheme)) {}

  // Return a package-cluster, null if it is not in memory. The pointer is valid until it is
  // forgotten.
  const Entry* Find(int64_t id) const;
  std::optional<int64_t> Find(const PackageCluster& names) const;
  // Returns the package-cluster of an id that is in memory.
  const Entry& Get(int64_t id) const { return by_id_.at(id); }
  // Returns the labels of the series in which a job of one that is in memory is counted.
  SeriesLabels LabelsOf(int64_t id, Fold fold) const;
  // Returns whether the package is shown, and the labels, in memory or not.
  bool IsActive(const PackageCluster& names) const;
  SeriesLabels LabelsOf(const PackageCluster& names) const;

  // Adds one, unless the id is in memory. Of several with the same names the last one is found by
  // them.
  const Entry& Add(int64_t id, const PackageCluster& names, Timestamp used);
  // Records that a job of one that is in memory was seen.
  void RecordUse(int64_t id, Timestamp time);
  // Forgets those that were used last before a time, except some.
  void ForgetUnused(Timestamp time, const std::set<int64_t>& except);

 private:
  PackagePredicate shows_;
  SeriesLabels overflow_labels_;
  LabelScheme scheme_;
  std::map<int64_t, Entry> by_id_;
  std::map<PackageCluster, int64_t> ids_;
};

}  // namespace xplenty
