#include "ledger/package_table.h"

#include <optional>
#include <utility>

namespace xplenty {

// Keeps the number of packages that are tracked.
template <typename Change>
void PackageTable::Apply(Package& package, Change change) {
  if (IsTracked(package)) --tracked_;
  change(package);
  if (IsTracked(package)) ++tracked_;
}

bool PackageTable::Add(const std::string& label, Package& package, const FinishedJob& job,
                       const FinishedJob* before) {
  const bool shown = package.shown;
  Apply(package, [&](Package& changed) {
    if (before != nullptr) changed.history.Remove(*before);
    changed.history.Add(job);
    changed.shown = true;
  });
  blocks_.Touch(label);
  return !shown;
}

bool PackageTable::NeedsRecompute(const std::string& label, const FinishedJob& before,
                                  const FinishedJob& after) const {
  const auto package = packages_.find(label);
  return package != packages_.end() && package->second.history.NeedsRecompute(before, after);
}

void PackageTable::ReplaceHistory(const std::string& label, PackageHistory history) {
  packages_[label].history = std::move(history);
  blocks_.Touch(label);
}

void PackageTable::AddActiveSeries(const std::string& label, int delta) {
  Apply(packages_[label], [&](Package& changed) {
    changed.active_series += static_cast<uint64_t>(static_cast<int64_t>(delta));
  });
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

std::vector<std::string> PackageTable::RetireIdleSince(Timestamp time) {
  std::vector<std::string> labels;
  for (auto& [label, package] : packages_) {
    if (!IsIdleSince(time, package)) continue;
    Apply(package, [](Package& changed) { changed.shown = false; });
    blocks_.Touch(label);
    labels.push_back(label);
  }
  return labels;
}

PackageList PackageTable::View() {
  return blocks_.Cut(packages_, [](const auto& entry) {
    const auto& [label, package] = entry;
    return package.shown ? std::optional(package.history.View(label)) : std::nullopt;
  });
}

}  // namespace xplenty
