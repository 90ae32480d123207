#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/package_cluster.h"

namespace xplenty {

// Returns whether a package is shown, by its name (PackageNameOf()). All are if it is empty.
using PackagePredicate = std::function<bool(std::string_view package)>;

// The package-clusters that a ledger knows, by their ids in the table `package_clusters`: 1, 2, 3
// and so on. Not thread-safe.
class PackageClusters {
 public:
  // `shows` is asked once for each package-cluster that is added.
  explicit PackageClusters(PackagePredicate shows) : shows_(std::move(shows)) {}

  // Returns the highest id.
  int64_t size() const { return static_cast<int64_t>(by_id_.size()); }
  // Returns the id, nullopt if the package-cluster is not known.
  std::optional<int64_t> Find(const PackageCluster& names) const;
  // Returns the package-cluster of an id from 1 to size(). The reference stays valid.
  const PackageCluster& NamesOf(int64_t id) const { return *At(id).names; }
  // Returns whether the package of an id from 1 to size() is shown.
  bool IsActive(int64_t id) const { return At(id).active; }
  // Returns whether the package is shown, known or not.
  bool IsActive(const PackageCluster& names) const;

  // Adds one that is not known. Its id is size() then.
  void Add(const PackageCluster& names);

 private:
  struct Entry {
    const PackageCluster* names{};  // a key of ids_
    bool active{};
  };
  const Entry& At(int64_t id) const { return by_id_[static_cast<size_t>(id - 1)]; }

  PackagePredicate shows_;
  std::map<PackageCluster, int64_t> ids_;
  std::vector<Entry> by_id_;
};

}  // namespace xplenty
