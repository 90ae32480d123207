#include "ledger/package_table.h"

#include <optional>

namespace xplenty {

void PackageTable::Add(Entry& entry, const FinishedJob& job, const FinishedJob* previous) {
  auto& [label, package] = entry;
  // There is room for it, unless this corrects a job of a package that is retired.
  const bool has_room = (previous == nullptr && job.fold != Fold::kPackage) || IsTracked(package);
  if (!package.shown && has_room) {
    if (!IsTracked(package)) ++tracked_;
    labels_.Activate(label);
    package.shown = true;
  }
  if (previous != nullptr) package.history.Remove(*previous);
  package.history.Add(job);
  blocks_.MarkDirty(label);
}

bool PackageTable::NeedsRecompute(const std::string& label, const JobChange& change) const {
  const auto package = packages_.find(label);
  if (package == packages_.end()) return false;
  const PackageHistory& history = package->second.history;
  return change.previous ? history.NeedsRecompute(*change.previous, change.after)
                         : history.NeedsRecompute(change.after);
}

std::vector<std::string> PackageTable::Inexact() const {
  std::vector<std::string> inexact;
  for (const auto& [label, package] : packages_) {
    if (!package.history.exact()) inexact.push_back(label);
  }
  return inexact;
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

uint64_t PackageTable::ActiveSeriesOf(const std::string& label) const {
  const auto package = packages_.find(label);
  return package == packages_.end() ? 0 : package->second.active_series;
}

std::vector<std::string> PackageTable::IdleSince(Timestamp time) const {
  std::vector<std::string> idle;
  for (const auto& [label, package] : packages_) {
    const bool candidate = package.shown && package.active_series == 0;
    if (candidate && package.history.last_finish() < time) idle.push_back(label);
  }
  return idle;
}

void PackageTable::Retire(const std::string& label) {
  Package& package = packages_[label];
  package.shown = false;
  if (!IsTracked(package)) --tracked_;
  labels_.Retire(label);
  blocks_.MarkDirty(label);
}

void PackageTable::FillView(AccountView& view) {
  view.packages = blocks_.Build(packages_, [](const auto& entry) {
    const auto& [label, package] = entry;
    return package.shown ? std::optional(package.history.View(label)) : std::nullopt;
  });
  view.packages_info = labels_.View();
}

}  // namespace xplenty
