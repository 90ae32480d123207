#include "ledger/package_clusters.h"

namespace xplenty {

std::optional<int64_t> PackageClusters::Find(const PackageCluster& names) const {
  const auto known = ids_.find(names);
  if (known == ids_.end()) return std::nullopt;
  return known->second;
}

bool PackageClusters::IsShown(const PackageCluster& names) const {
  if (const auto id = Find(names)) return IsShown(*id);
  return !shows_ || shows_(PackageNameOf(names));
}

void PackageClusters::Add(const PackageCluster& names) {
  const bool shown = IsShown(names);
  const auto added = ids_.emplace(names, size() + 1).first;
  by_id_.push_back({.names = &added->first, .shown = shown});
}

}  // namespace xplenty
