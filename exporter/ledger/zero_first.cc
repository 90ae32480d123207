#include "ledger/zero_first.h"

namespace xplenty {

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
