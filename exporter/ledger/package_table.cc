#include "ledger/package_table.h"

#include <optional>

namespace xplenty {

void PackageTable::Add(Entry& entry, const FinishedJob& job, const FinishedJob* previous) {
  auto& [label, package] = entry;
  if (!IsTracked(package)) ++tracked_;
  if (!package.active) labels_.Activate(label);
  package.active = true;
  if (previous != nullptr) package.history.Remove(*previous);
  package.history.Add(job);
  blocks_.MarkDirty(label);
}

bool PackageTable::NeedsRecompute(const std::string& label, const FinishedJob& previous,
                                  const FinishedJob& after) const {
  const auto package = packages_.find(label);
  return package != packages_.end() && package->second.history.NeedsRecompute(previous, after);
}

void PackageTable::ReplaceHistory(const std::string& label, const PackageHistory& history) {
  packages_[label].history = history;
  blocks_.MarkDirty(label);
}

void PackageTable::AddActiveSeries(const std::string& label) {
  Package& package = packages_[label];
  if (!IsTracked(package)) ++tracked_;
  ++package.active_series;
  labels_.Activate(label);
}

void PackageTable::RemoveActiveSeries(const std::string& label) {
  Package& package = packages_[label];
  --package.active_series;
  if (!IsTracked(package)) --tracked_;
  labels_.Retire(label);
}

bool PackageTable::IsTracked(const std::string& label) const {
  const auto package = packages_.find(label);
  return package != packages_.end() && IsTracked(package->second);
}

uint64_t PackageTable::CountIdleSince(Timestamp time, const std::set<std::string>& beside) const {
  uint64_t idle = 0;
  for (const auto& [label, package] : packages_) {
    if (IsIdleSince(time, package) && !beside.contains(label)) ++idle;
  }
  return idle;
}

uint64_t PackageTable::RetireIdleSince(Timestamp time) {
  uint64_t retired = 0;
  for (auto& [label, package] : packages_) {
    if (!IsIdleSince(time, package)) continue;
    package.active = false;
    --tracked_;
    ++retired;
    labels_.Retire(label);
    blocks_.MarkDirty(label);
  }
  return retired;
}

void PackageTable::FillView(AccountView& view) {
  view.packages = blocks_.Build(packages_, [](const auto& entry) {
    const auto& [label, package] = entry;
    return package.active ? std::optional(package.history.View(label)) : std::nullopt;
  });
  view.packages_info = labels_.View();
}

}  // namespace xplenty
