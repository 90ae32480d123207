#include "ledger/package_table.h"

#include <optional>

namespace xplenty {

void PackageTable::Add(Entry& entry, const FinishedJob& job, const FinishedJob* before) {
  auto& [label, package] = entry;
  if (!IsTracked(package)) ++tracked_;
  if (!package.shown) labels_.Show(label);
  package.shown = true;
  if (before != nullptr) package.history.Remove(*before);
  package.history.Add(job);
  blocks_.Touch(label);
}

bool PackageTable::NeedsRecompute(const std::string& label, const FinishedJob& before,
                                  const FinishedJob& after) const {
  const auto package = packages_.find(label);
  return package != packages_.end() && package->second.history.NeedsRecompute(before, after);
}

void PackageTable::ReplaceHistory(const std::string& label, const PackageHistory& history) {
  packages_[label].history = history;
  blocks_.Touch(label);
}

void PackageTable::AddActiveSeries(const std::string& label) {
  Package& package = packages_[label];
  if (!IsTracked(package)) ++tracked_;
  ++package.active_series;
  labels_.Show(label);
}

void PackageTable::RemoveActiveSeries(const std::string& label) {
  Package& package = packages_[label];
  --package.active_series;
  if (!IsTracked(package)) --tracked_;
  labels_.Hide(label);
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
    package.shown = false;
    --tracked_;
    ++retired;
    labels_.Hide(label);
    blocks_.Touch(label);
  }
  return retired;
}

void PackageTable::FillView(AccountView& view) {
  view.packages = blocks_.Cut(packages_, [](const auto& entry) {
    const auto& [label, package] = entry;
    return package.shown ? std::optional(package.history.View(label)) : std::nullopt;
  });
  view.packages_info = labels_.View();
}

}  // namespace xplenty
