#include "ledger/package_clusters.h"

namespace xplenty {

std::optional<int64_t> PackageClusters::Find(const PackageCluster& names) const {
  const auto known = ids_.find(names);
  if (known == ids_.end()) return std::nullopt;
  return known->second;
}

bool PackageClusters::IsActive(const PackageCluster& names) const {
  if (const auto id = Find(names)) return IsActive(*id);
  return !shows_ || shows_(PackageNameOf(names));
}

void PackageClusters::Add(const PackageCluster& names) {
  const bool active = IsActive(names);
  const auto added = ids_.emplace(names, size() + 1).first;
  by_id_.push_back({.names = &added->first, .active = active});
}

}  // namespace xplenty
