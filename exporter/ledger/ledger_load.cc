#include <map>
#include <utility>

#include "ledger/ledger.h"
#include "ledger/ledger_file.h"

namespace xplenty {

Status Ledger::OpenStore() {
  store_.reset();  // releases the lock on the file
  auto store = options_.folder.empty()
                   ? Store::OpenInMemory(options_.account)
                   : Store::Open(LedgerPath(options_.folder, options_.account), options_.account);
  if (!store) return store.error();
  store_ = std::move(*store);
  Tally earlier = std::exchange(tally_, Tally(options_.tally));
  if (auto done = Load(); !done) {
    tally_ = std::move(earlier);
    store_.reset();
    return done;
  }
  TakeLiveFrom(earlier);
  uncertain_ = false;
  return Done{};
}

Result<std::unique_ptr<Ledger>> Ledger::TakeOver(Ledger& from, const LedgerOptions& options) {
  if (auto done = from.Settle(); !done) return done.error();
  std::unique_ptr<Ledger> ledger(new Ledger(options));
  ledger->store_ = from.store_;
  if (auto done = ledger->Load(); !done) return done.error();
  ledger->TakeLiveFrom(from.tally_);
  ledger->sequence_ = from.sequence_;
  ledger->version_ = from.version_;
  return ledger;
}

void Ledger::TakeLiveFrom(const Tally& earlier) {
  tally_.TakeLiveFrom(earlier, [this](const Pair& pair) { return Includes(pair); });
}

Status Ledger::Load() {
  const auto state = store_->Load();
  if (!state) return state.error();
  count_from_ = state->ledger.count_from;
  watermark_ = state->ledger.watermark;
  counted_ = state->ledger.counted;
  counts_from_birth_ = state->ledger.counts_from_birth;
  pairs_.clear();
  pairs_by_id_.clear();
  held_.clear();
  for (const PairRow& row : state->pairs) {
    const auto known = pairs_.emplace(row.pair, row.id).first;
    pairs_by_id_[row.id] = &known->first;
  }
  for (size_t reason = 0; reason < kAnomalyReasonCount; ++reason) {
    tally_.AddAnomalies(static_cast<AnomalyReason>(reason), state->anomalies[reason]);
  }
  // Held series hold zero, so they must be known before any job is added; but what has a label in
  // common with a pair that is not held shows its jobs.
  HeldRows hidden;
  for (const bool held : {false, true}) {
    for (const PairRow& row : state->pairs) {
      if (row.overflow || row.held != held) continue;
      if (!Includes(row.pair)) {
        if (held) hidden.pairs.push_back(row.id);
        continue;
      }
      const SeriesLabels labels = tally_.LabelsOf(row.pair);
      tally_.Show(labels, row.seen_at, held && options_.hold_new_series);
      tally_.NoteLabels(row.pair);
      if (held) held_[labels].pairs.push_back(row.id);
    }
  }
  // The server's clock was at least there: what the lookback has left need not come in again.
  if (watermark_) tally_.SetTime(*watermark_);
  if (auto done = LoadJobs(hidden); !done) return done;
  // What nobody sees is not held: shown later, it is no news.
  if (auto done = WriteReleases(hidden); !done) return done;
  tally_.RetireIdle();  // each job has shown its series, however old it is
  if (options_.hold_new_series) return Done{};
  std::vector<SeriesLabels> all;  // of a time when series were held
  for (const auto& [labels, rows] : held_) all.push_back(labels);
  return WriteReleases(all);
}

Status Ledger::LoadJobs(HeldRows& hidden) {
  std::map<int64_t, bool> included;  // by pair: asked once each
  for (const auto& [id, pair] : pairs_by_id_) included.emplace(id, Includes(*pair));
  const auto labels_of = [&](const FinishedJob& job) {
    return job.overflow ? tally_.OverflowLabels() : tally_.LabelsOf(*pairs_by_id_.at(job.pair));
  };
  std::vector<FinishedJob> held;
  auto done = store_->ForEachFinished([&](const FinishedJob& job) {
    if (!included.at(job.pair)) {
      if (job.held) hidden.jobs.push_back(job.id);
    } else if (job.held) {
      held.push_back(job);
    } else {
      tally_.Show(labels_of(job), job.finished_at, false);
      tally_.AddFinished(*pairs_by_id_.at(job.pair), job, nullptr);
    }
  });
  if (!done) return done;
  // What their series showed before them is known now.
  for (const FinishedJob& job : held) {
    const SeriesLabels labels = labels_of(job);
    tally_.Show(labels, job.finished_at, false);
    if (options_.hold_new_series) tally_.Hold(labels);
    tally_.AddFinished(*pairs_by_id_.at(job.pair), job, nullptr);
    held_[labels].jobs.push_back(job.id);
  }
  return done;
}

}  // namespace xplenty
