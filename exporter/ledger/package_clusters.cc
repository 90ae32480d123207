#include "ledger/package_clusters.h"

#include <algorithm>

namespace xplenty {

const PackageClusters::Entry* PackageClusters::Find(int64_t id) const {
  const auto known = by_id_.find(id);
  return known == by_id_.end() ? nullptr : &known->second;
}

std::optional<int64_t> PackageClusters::Find(const PackageCluster& names) const {
  const auto known = ids_.find(names);
  if (known == ids_.end()) return std::nullopt;
  return known->second;
}

bool PackageClusters::IsActive(const PackageCluster& names) const {
  if (const auto id = Find(names)) return Get(*id).active;
  return !shows_ || shows_(PackageNameOf(names));
}

SeriesLabels PackageClusters::LabelsOf(int64_t id, Fold fold) const {
  return FoldedLabels(Get(id).labels, overflow_labels_, fold);
}

SeriesLabels PackageClusters::LabelsOf(const PackageCluster& names) const {
  if (const auto id = Find(names)) return Get(*id).labels;
  return xplenty::LabelsOf(names, scheme_);
}

const PackageClusters::Entry& PackageClusters::Add(int64_t id, const PackageCluster& names,
                                                   Timestamp used) {
  if (const Entry* const known = Find(id)) return *known;
  Entry entry{
      .names = names, .labels = LabelsOf(names), .active = IsActive(names), .last_used = used};
  ids_[names] = id;
  return by_id_.emplace(id, std::move(entry)).first->second;
}

void PackageClusters::RecordUse(int64_t id, Timestamp time) {
  Timestamp& last_used = by_id_.at(id).last_used;
  last_used = std::max(last_used, time);
}

void PackageClusters::ForgetUnused(Timestamp time, const std::set<int64_t>& except) {
  std::erase_if(by_id_, [&](const auto& entry) {
    const auto& [id, known] = entry;
    if (known.last_used >= time || except.contains(id)) return false;
    const auto named = ids_.find(known.names);
    if (named != ids_.end() && named->second == id) ids_.erase(named);
    return true;
  });
}

}  // namespace xplenty
