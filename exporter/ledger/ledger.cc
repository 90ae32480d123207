#include "ledger/ledger.h"

#include <algorithm>
#include <set>
#include <utility>

#include "ledger/ledger_file.h"
#include "ledger/ledger_plan.h"

namespace xplenty {

Result<std::string> Ledger::Reset(const LedgerOptions& options) {
  return ResetLedgerFile(LedgerPath(options.folder, options.account), options.account);
}

Ledger::Ledger(LedgerOptions options) : options_(std::move(options)), tally_(options_.tally) {}

Status Ledger::Write(const Changes& changes) {
  auto done = store_->Write(changes);
  if (!done && !options_.folder.empty()) uncertain_ = true;
  return done;
}

Status Ledger::Birth(Timestamp count_from) {
  if (auto done = Settle(); !done) return done;
  Changes changes;
  changes.count_from = count_from;
  if (auto done = Write(changes); !done) return done;
  count_from_ = count_from;
  return Done{};
}

Status Ledger::PlanAnomaly(const Anomaly& anomaly, Plan& plan) {
  if (plan.anomalies.contains(anomaly)) return Done{};
  const auto known = store_->HasAnomaly(anomaly);
  if (!known) return known.error();
  if (!*known) {
    plan.anomalies.insert(anomaly);
    plan.changes.anomalies.push_back(anomaly);
  }
  return Done{};
}

// Series that are shown stay; a new one must fit beside them and the ones this page already brings.
bool Ledger::Overflows(const SeriesLabels& labels, const Plan& plan) {
  if (tally_.IsShown(labels) || plan.shown_labels.contains(labels)) return false;
  return !tally_.HasRoomFor(labels, plan.shown_labels);
}

bool Ledger::IsHeld(const SeriesLabels& labels, const Plan& plan) const {
  return tally_.IsHeld(labels) || std::ranges::any_of(plan.shown, [&](const Plan::Shown& shown) {
           return shown.hold && shown.labels == labels;
         });
}

int64_t Ledger::PlanPair(const Pair& pair, Timestamp server_time, bool overflow, Plan& plan) {
  const SeriesLabels labels = overflow ? tally_.OverflowLabels() : tally_.LabelsOf(pair);
  const bool fresh = !tally_.IsShown(labels);
  const bool hold = fresh && counted_ && options_.hold_new_series;
  if (fresh && plan.shown_labels.insert(labels).second) {
    plan.shown.push_back({labels, server_time, hold});
  }
  return PlanPairRow(pair, server_time,
                     {.held = !overflow && IsHeld(labels, plan), .overflow = overflow}, plan);
}

int64_t Ledger::PlanPairRow(const Pair& pair, Timestamp server_time, PairMarks marks, Plan& plan) {
  if (const auto known = pairs_.find(pair); known != pairs_.end()) return known->second;
  if (const auto known = plan.pairs.find(pair); known != plan.pairs.end()) return known->second;
  const auto id = static_cast<int64_t>(pairs_.size() + plan.pairs.size() + 1);
  plan.pairs.emplace(pair, id);
  plan.changes.pairs.push_back({.id = id,
                                .pair = pair,
                                .seen_at = server_time,
                                .held = marks.held,
                                .overflow = marks.overflow});
  return id;
}

const Pair& Ledger::PairById(int64_t id, const Plan& plan) const {
  if (const auto known = pairs_by_id_.find(id); known != pairs_by_id_.end()) return *known->second;
  const auto planned = std::ranges::find(plan.changes.pairs, id, &PairRow::id);
  return planned->pair;  // a job's pair is known, or was planned before it
}

// Of a package that is not shown: remembered, but not part of any figure.
void Ledger::PlanHidden(const Pair& pair, const std::optional<FinishedJob>& known,
                        FinishedJob after, Timestamp server_time, Plan& plan) {
  if (known && after == *known) return;
  if (!known) after.pair = PlanPairRow(pair, server_time, {}, plan);
  plan.records[after.id] = after;
  plan.changes.finished.push_back(std::move(after));
}

Status Ledger::PlanJob(const Job& job, Timestamp server_time, Plan& plan) {
  std::optional<FinishedJob> known;
  if (const auto planned = plan.records.find(job.id); planned != plan.records.end()) {
    known = planned->second;
  } else {
    auto found = store_->FindFinished(job.id);
    if (!found) return found.error();
    known = std::move(*found);
  }
  Verdict verdict = Judge(job, known ? &*known : nullptr,
                          {.count_from = *count_from_, .server_time = server_time});
  for (const AnomalyReason reason : verdict.anomalies) {
    if (auto done = PlanAnomaly({reason, job.id}, plan); !done) return done;
  }
  const Pair pair = PairOf(job);
  if (!Includes(known ? PairById(known->pair, plan) : pair)) {
    if (verdict.finished) PlanHidden(pair, known, std::move(*verdict.finished), server_time, plan);
    return Done{};
  }
  if (verdict.unfinished) {
    const bool overflow = Overflows(tally_.LabelsOf(pair), plan);
    PlanPair(pair, server_time, overflow, plan);
    plan.live[job.id] = std::pair(job, overflow);
  } else if (verdict.finished) {
    plan.live[job.id] = std::nullopt;
    FinishedJob& after = *verdict.finished;
    if (known) {
      // Among the finished ones goes back what was shown as reopened, or has left too early.
      const bool in_place = !tally_.live().contains(job.id) && !tally_.HasLeftEarly(after);
      if (after == *known && in_place) return Done{};
      plan.finished.push_back({PairById(after.pair, plan), known, after});
    } else {
      after.overflow = Overflows(tally_.LabelsOf(pair), plan);
      after.pair = PlanPair(pair, server_time, after.overflow, plan);
      after.held = after.counted_as &&
                   IsHeld(after.overflow ? tally_.OverflowLabels() : tally_.LabelsOf(pair), plan);
      plan.finished.push_back({pair, std::nullopt, after});
    }
    plan.records[job.id] = after;
    plan.changes.finished.push_back(after);
  }
  return Done{};
}

Status Ledger::Commit(const PageCommit& page) {
  if (auto done = Settle(); !done) return done;
  Plan plan;
  plan.server_time = page.server_time;
  for (const RejectedRow& row : page.rejects) {
    const Anomaly anomaly{AnomalyReason::kMalformed, static_cast<int64_t>(row.fingerprint)};
    if (auto done = PlanAnomaly(anomaly, plan); !done) return done;
  }
  for (const Job& job : page.jobs) {
    if (auto done = PlanJob(job, page.server_time, plan); !done) return done;
  }
  if (auto done = PlanRetelling(plan); !done) return done;
  const bool advances = page.watermark && (!watermark_ || *page.watermark > *watermark_);
  if (advances) plan.changes.watermark = page.watermark;
  if (!plan.changes.empty()) {
    if (auto done = Write(plan.changes); !done) return done;
  }
  ++sequence_;
  if (advances) {
    watermark_ = page.watermark;
    view_.reset();
  }
  Apply(plan);
  for (const Job& job : page.jobs) {
    if (job.status == JobStatus::kFailed) tally_.Describe(job);
  }
  return Done{};
}

void Ledger::Apply(const Plan& plan) {
  for (const auto& shown : plan.shown) tally_.Show(shown.labels, shown.time, shown.hold);
  for (const PairRow& row : plan.changes.pairs) {
    const auto known = pairs_.emplace(row.pair, row.id).first;
    pairs_by_id_[row.id] = &known->first;
    if (!row.overflow && Includes(row.pair)) tally_.NoteLabels(row.pair);
    if (row.held) held_[tally_.LabelsOf(row.pair)].pairs.push_back(row.id);
  }
  for (const auto& [pair, before, after] : plan.finished) {
    if (after.held && !before) {
      held_[after.overflow ? tally_.OverflowLabels() : tally_.LabelsOf(pair)].jobs.push_back(
          after.id);
    }
    tally_.AddFinished(pair, after, before ? &*before : nullptr);
  }
  for (const auto& [package, history] : plan.histories) tally_.SetHistory(package, history);
  for (const auto& [labels, told] : plan.exemplars) tally_.SetExemplars(labels, told);
  tally_.KeepToCap();
  for (const auto& [id, job] : plan.live) {
    if (!job) {
      tally_.EraseLive(id);
      continue;
    }
    const auto known = tally_.live().find(id);
    const bool older = known != tally_.live().end() &&
                       IsOlder(job->first.updated_at, known->second.updated_at, plan.server_time);
    if (!older) tally_.SetLive(PairOf(job->first), job->second, job->first, sequence_);
  }
  for (const Anomaly& anomaly : plan.changes.anomalies) tally_.AddAnomalies(anomaly.reason);
}

Status Ledger::CompleteFirstRefresh() {
  if (auto done = Settle(); !done) return done;
  if (counted_) return Done{};
  Changes changes;
  changes.counted = true;
  changes.watermark = watermark_;
  if (auto done = Write(changes); !done) return done;
  counted_ = true;
  view_.reset();
  return Done{};
}

std::vector<JobStatus> Ledger::UnseenStatuses(uint64_t sequence) const {
  std::set<JobStatus> statuses;
  for (const auto& [id, job] : tally_.live()) {
    if (job.sequence <= sequence) statuses.insert(job.status);
  }
  return {statuses.begin(), statuses.end()};
}

Result<size_t> Ledger::DropVanished(uint64_t sequence) {
  constexpr int kMissesToDrop = 2;
  if (auto done = Settle(); !done) return done.error();
  Plan plan;
  std::vector<std::pair<int64_t, int>> missed;
  std::vector<int64_t> gone;
  size_t vanished = 0;
  for (const auto& [id, job] : tally_.live()) {
    const int misses = job.sequence > sequence ? 0 : job.missed + 1;
    if (misses < kMissesToDrop) {
      missed.emplace_back(id, misses);
    } else {
      gone.push_back(id);
      // One of an unknown status cannot be asked for, and no walk shows it once it is that old.
      if (job.status == JobStatus::kUnknown && tally_.IsBeforeLookback(job.updated_at)) continue;
      ++vanished;
      if (auto done = PlanAnomaly({AnomalyReason::kVanished, id}, plan); !done) return done.error();
    }
  }
  if (!plan.changes.empty()) {
    if (auto done = Write(plan.changes); !done) return done.error();
  }
  Apply(plan);
  for (const auto& [id, misses] : missed) tally_.SetMissed(id, misses);
  for (const int64_t id : gone) tally_.EraseLive(id);
  return vanished;
}

Status Ledger::ReleaseHolds(uint64_t version) {
  if (auto done = Settle(); !done) return done;
  const std::vector<SeriesLabels> due = tally_.HeldSince(version);
  if (due.empty()) return Done{};
  if (auto done = WriteReleases(due); !done) return done;
  for (const SeriesLabels& labels : due) tally_.Release(labels);
  return Done{};
}

Status Ledger::WriteReleases(const std::vector<SeriesLabels>& series) {
  HeldRows all;
  for (const SeriesLabels& labels : series) {
    const auto rows = held_.find(labels);
    if (rows == held_.end()) continue;
    const auto& [pairs, jobs] = rows->second;
    all.pairs.insert(all.pairs.end(), pairs.begin(), pairs.end());
    all.jobs.insert(all.jobs.end(), jobs.begin(), jobs.end());
  }
  if (auto done = WriteReleases(all); !done) return done;
  for (const SeriesLabels& labels : series) held_.erase(labels);
  return Done{};
}

Status Ledger::WriteReleases(const HeldRows& rows) {
  Changes changes;
  changes.released_pairs = rows.pairs;
  for (const int64_t id : rows.jobs) {
    auto job = store_->FindFinished(id);
    if (!job) return job.error();
    (*job)->held = false;
    changes.finished.push_back(std::move(**job));
  }
  return changes.empty() ? Done{} : Write(changes);
}

std::shared_ptr<const AccountView> Ledger::View(bool state_current) {
  if (view_ && !tally_.changed() && view_->state_current == state_current) return view_;
  auto view = std::make_shared<AccountView>();
  view->version = ++version_;
  tally_.NumberHolds(version_);
  view->account = options_.account_label;
  view->labels = options_.tally.labels;
  view->count_from = count_from_;
  view->watermark = watermark_;
  view->counted = counted_;
  view->state_current = state_current;
  tally_.FillView(*view);
  view_ = std::move(view);
  return view_;
}

}  // namespace xplenty
