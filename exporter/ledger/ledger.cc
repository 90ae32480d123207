#include "ledger/ledger.h"

#include <algorithm>
#include <set>
#include <utility>

#include "ledger/ledger_file.h"

namespace xplenty {
namespace {

// Letters, digits, '-' and '_' as they are, anything else as %XX: never a path, never a clash.
std::string FileName(const std::string& account) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string name;
  for (const char c : account) {
    const auto byte = static_cast<uint8_t>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    if (plain) {
      name += c;
    } else {
      name += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return name + ".sqlite3";
}

std::string PathOf(const LedgerOptions& options) {
  return options.folder + "/" + FileName(options.account);
}

}  // namespace

// What a page comes to, before any of it is done.
struct Ledger::Plan {
  struct Finished {
    Pair pair;
    std::optional<FinishedJob> before;
    FinishedJob after;
  };
  struct Shown {
    SeriesLabels labels;
    Timestamp time;
    bool hold{};
  };

  Timestamp server_time;
  Changes changes;
  std::vector<Finished> finished;
  std::map<int64_t, FinishedJob> records;                       // by job, as they will be
  std::map<int64_t, std::optional<std::pair<Job, bool>>> live;  // none: gone; bool: overflow
  std::map<Pair, int64_t> pairs;                                // new ones
  std::vector<Shown> shown;                                     // series that become known
  std::set<SeriesLabels> shown_labels;
  std::set<Anomaly> anomalies;
  std::map<std::string, PackageHistory> histories;  // told anew, by package
};

Result<std::string> Ledger::Reset(const LedgerOptions& options) {
  return ResetLedgerFile(PathOf(options), options.account);
}

Result<std::unique_ptr<Ledger>> Ledger::Open(const LedgerOptions& options) {
  auto store = options.folder.empty() ? Store::OpenInMemory(options.account)
                                      : Store::Open(PathOf(options), options.account);
  if (!store) return store.error();
  std::unique_ptr<Ledger> ledger(new Ledger(options, std::move(*store)));
  if (auto done = ledger->Load(); !done) return done.error();
  return ledger;
}

Ledger::Ledger(LedgerOptions options, std::unique_ptr<Store> store)
    : options_(std::move(options)), store_(std::move(store)), tally_(options_.tally) {}

Status Ledger::Load() {
  const auto state = store_->Load();
  if (!state) return state.error();
  count_from_ = state->count_from;
  watermark_ = state->watermark;
  counted_ = state->counted;
  counts_from_birth_ = state->counts_from_birth;
  for (const PairRow& row : state->pairs) {
    const auto known = pairs_.emplace(row.pair, row.id).first;
    pairs_by_id_[row.id] = &known->first;
  }
  for (size_t reason = 0; reason < kAnomalyReasonCount; ++reason) {
    tally_.AddAnomalies(static_cast<AnomalyReason>(reason), state->anomalies[reason]);
  }
  // Held series hold zero, so they must be known before any job is added.
  for (const PairRow& row : state->pairs) {
    if (row.overflow) continue;
    tally_.Show(LabelsOf(row.pair), row.seen_at, row.held && options_.hold_new_series);
    tally_.NoteIds(row.pair);
    if (row.held) held_pairs_[LabelsOf(row.pair)].push_back(row.id);
  }
  // The server's clock was at least there: what the lookback has left need not come in again.
  if (watermark_) tally_.AdvanceTo(*watermark_);
  bool consistent = true;
  auto done = store_->ForEachFinished([&](const FinishedJob& job) {
    const auto pair = pairs_by_id_.find(job.pair);
    if (pair == pairs_by_id_.end()) {
      consistent = false;
    } else {
      tally_.Show(job.overflow ? OverflowLabels() : LabelsOf(*pair->second), job.finished_at,
                  false);
      tally_.AddFinished(*pair->second, job, nullptr);
    }
  });
  tally_.RetireIdle();  // each job has shown its series, however old it is
  if (done && !consistent) {
    return Error{ErrorCode::kStorage,
                 "ledger \"" + PathOf(options_) +
                     "\": damaged (a job without its pair): put a good copy in its place, or start "
                     "once with --storage.reset to move it aside and count from now"};
  }
  return done;
}

Status Ledger::Birth(Timestamp count_from) {
  Changes changes;
  changes.count_from = count_from;
  if (auto done = store_->Write(changes); !done) return done;
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

int64_t Ledger::PlanPair(const Pair& pair, Timestamp server_time, bool overflow, Plan& plan) {
  const SeriesLabels labels = overflow ? OverflowLabels() : LabelsOf(pair);
  const bool fresh = !tally_.IsShown(labels);
  const bool hold = fresh && counted_ && options_.hold_new_series;
  if (fresh && plan.shown_labels.insert(labels).second) {
    plan.shown.push_back({labels, server_time, hold});
  }
  if (const auto known = pairs_.find(pair); known != pairs_.end()) return known->second;
  if (const auto known = plan.pairs.find(pair); known != plan.pairs.end()) return known->second;
  const auto id = static_cast<int64_t>(pairs_.size() + plan.pairs.size() + 1);
  plan.pairs.emplace(pair, id);
  const bool held = !overflow && (hold || tally_.IsHeld(labels));
  plan.changes.pairs.push_back(
      {.id = id, .pair = pair, .seen_at = server_time, .held = held, .overflow = overflow});
  return id;
}

const Pair& Ledger::PairById(int64_t id, const Plan& plan) const {
  if (const auto known = pairs_by_id_.find(id); known != pairs_by_id_.end()) return *known->second;
  const auto planned = std::ranges::find(plan.changes.pairs, id, &PairRow::id);
  return planned->pair;  // a job's pair is known, or was planned before it
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
  if (verdict.unfinished) {
    const bool overflow = Overflows(LabelsOf(pair), plan);
    PlanPair(pair, server_time, overflow, plan);
    plan.live[job.id] = std::pair(job, overflow);
  } else if (verdict.finished) {
    plan.live[job.id] = std::nullopt;
    FinishedJob& after = *verdict.finished;
    if (known) {
      // A job that was shown as reopened goes back among the finished ones.
      if (after == *known && !tally_.live().contains(job.id)) return Done{};
      plan.finished.push_back({PairById(after.pair, plan), known, after});
    } else {
      after.overflow = Overflows(LabelsOf(pair), plan);
      after.pair = PlanPair(pair, server_time, after.overflow, plan);
      plan.finished.push_back({pair, std::nullopt, after});
    }
    plan.records[job.id] = after;
    plan.changes.finished.push_back(after);
  }
  return Done{};
}

// Where the latest job of a package is corrected, an earlier one may be the latest now: the rows
// know.
Status Ledger::PlanHistories(Plan& plan) {
  std::set<int64_t> corrected;
  for (const auto& [pair, before, after] : plan.finished) {
    if (!before || after.overflow) continue;
    const bool again = !corrected.insert(after.id).second;
    if (again || tally_.Forgets(pair, *before, after)) plan.histories[pair.PackageLabel()];
  }
  if (plan.histories.empty()) return Done{};
  const auto tell = [&](const FinishedJob& job) {
    const Pair& pair = PairById(job.pair, plan);
    const auto history = plan.histories.find(pair.PackageLabel());
    if (job.overflow || history == plan.histories.end()) return;
    history->second.NoteId(pair.package_id);
    history->second.Add(job);
  };
  for (const auto& [id, job] : plan.records) tell(job);
  return store_->ForEachFinished([&](const FinishedJob& job) {
    if (!plan.records.contains(job.id)) tell(job);
  });
}

Status Ledger::Commit(const PageCommit& page) {
  Plan plan;
  plan.server_time = page.server_time;
  for (const RejectedRow& row : page.rejects) {
    const Anomaly anomaly{AnomalyReason::kMalformed, static_cast<int64_t>(row.fingerprint)};
    if (auto done = PlanAnomaly(anomaly, plan); !done) return done;
  }
  for (const Job& job : page.jobs) {
    if (auto done = PlanJob(job, page.server_time, plan); !done) return done;
  }
  if (auto done = PlanHistories(plan); !done) return done;
  const bool advances = page.watermark && (!watermark_ || *page.watermark > *watermark_);
  if (advances) plan.changes.watermark = page.watermark;
  if (!plan.changes.empty()) {
    if (auto done = store_->Write(plan.changes); !done) return done;
  }
  ++sequence_;
  if (advances) {
    watermark_ = page.watermark;
    view_.reset();
  }
  Apply(plan);
  return Done{};
}

void Ledger::Apply(const Plan& plan) {
  for (const auto& shown : plan.shown) tally_.Show(shown.labels, shown.time, shown.hold);
  for (const PairRow& row : plan.changes.pairs) {
    const auto known = pairs_.emplace(row.pair, row.id).first;
    pairs_by_id_[row.id] = &known->first;
    if (row.held) held_pairs_[LabelsOf(row.pair)].push_back(row.id);
  }
  for (const auto& [pair, before, after] : plan.finished) {
    tally_.AddFinished(pair, after, before ? &*before : nullptr);
  }
  for (const auto& [package, history] : plan.histories) tally_.SetHistory(package, history);
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
  if (counted_) return Done{};
  Changes changes;
  changes.counted = true;
  changes.watermark = watermark_;
  if (auto done = store_->Write(changes); !done) return done;
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
    if (auto done = store_->Write(plan.changes); !done) return done.error();
  }
  Apply(plan);
  for (const auto& [id, misses] : missed) tally_.SetMissed(id, misses);
  for (const int64_t id : gone) tally_.EraseLive(id);
  return vanished;
}

Status Ledger::ReleaseHolds(uint64_t version) {
  const std::vector<SeriesLabels> due = tally_.HeldSince(version);
  if (due.empty()) return Done{};
  Changes changes;
  for (const SeriesLabels& labels : due) {
    const auto pairs = held_pairs_.find(labels);
    if (pairs == held_pairs_.end()) continue;
    changes.released_pairs.insert(changes.released_pairs.end(), pairs->second.begin(),
                                  pairs->second.end());
  }
  if (!changes.empty()) {
    if (auto done = store_->Write(changes); !done) return done;
  }
  for (const SeriesLabels& labels : due) {
    held_pairs_.erase(labels);
    tally_.Release(labels);
  }
  return Done{};
}

std::shared_ptr<const AccountView> Ledger::View(bool state_current) {
  if (view_ && !tally_.changed() && view_->state_current == state_current) return view_;
  auto view = std::make_shared<AccountView>();
  view->version = ++version_;
  tally_.NumberHolds(version_);
  view->account = options_.account_label;
  view->count_from = count_from_;
  view->watermark = watermark_;
  view->counted = counted_;
  view->state_current = state_current;
  tally_.FillView(*view);
  view_ = std::move(view);
  return view_;
}

}  // namespace xplenty
