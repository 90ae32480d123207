#include <set>

#include "ledger/ledger.h"
#include "ledger/ledger_plan.h"

namespace xplenty {

// Where the latest job of a package or a bucket is corrected, an earlier one may be the latest now:
// the rows know.
Status Ledger::PlanRetelling(Plan& plan) {
  const auto labels_of = [this](const Pair& pair, const FinishedJob& job) {
    return job.overflow ? tally_.OverflowLabels() : tally_.LabelsOf(pair);
  };
  std::set<int64_t> told;
  for (const auto& [pair, before, after] : plan.finished) {
    const bool again = !told.insert(after.id).second;  // what was before is not told yet
    if (!before) continue;
    const SeriesLabels labels = labels_of(pair, after);
    if (again || tally_.ForgetsExemplar(labels, *before, after)) {
      plan.exemplars.try_emplace(labels, tally_.NewCounters());
    }
    if (after.overflow) continue;
    if (again || tally_.Forgets(pair, *before, after)) plan.histories[labels.first];
  }
  if (plan.histories.empty() && plan.exemplars.empty()) return Done{};
  const auto tell = [&](const FinishedJob& job) {
    const Pair& pair = PairById(job.pair, plan);
    if (!Includes(pair)) return;
    const auto exemplars = plan.exemplars.find(labels_of(pair, job));
    if (exemplars != plan.exemplars.end() && job.counted_as) Tally::Count(exemplars->second, job);
    const auto history = plan.histories.find(tally_.LabelsOf(pair).first);
    if (job.overflow || history == plan.histories.end()) return;
    history->second.Add(job);
  };
  for (const auto& [id, job] : plan.records) tell(job);
  return store_->ForEachFinished([&](const FinishedJob& job) {
    if (!plan.records.contains(job.id)) tell(job);
  });
}

}  // namespace xplenty
