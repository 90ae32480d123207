#include "ledger/zero_first.h"

namespace xplenty {

void ZeroFirst::AddPackageCluster(const SeriesLabels& labels, int64_t id) {
  const auto pending = pending_.find(labels);
  if (pending != pending_.end()) pending->second.rows.package_clusters.push_back(id);
}

void ZeroFirst::AddJob(const SeriesLabels& labels, int64_t id) {
  const auto pending = pending_.find(labels);
  if (pending != pending_.end()) pending->second.rows.jobs.push_back(id);
}

void ZeroFirst::RecordView(uint64_t version) {
  for (auto& [labels, pending] : pending_) {
    if (pending.shown_first_by == 0) pending.shown_first_by = version;
  }
}

std::vector<SeriesLabels> ZeroFirst::ShownBy(uint64_t version) const {
  std::vector<SeriesLabels> shown;
  for (const auto& [labels, pending] : pending_) {
    if (pending.shown_first_by != 0 && pending.shown_first_by <= version) shown.push_back(labels);
  }
  return shown;
}

}  // namespace xplenty
