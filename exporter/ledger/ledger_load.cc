#include <unordered_map>
#include <utility>

#include "ledger/ledger.h"
#include "ledger/ledger_file.h"

namespace xplenty {

// Adds up all rows, for a ledger that is dropped if they prove to be damaged.
class Ledger::Loader : public RowReader {
 public:
  explicit Loader(Ledger& ledger) : ledger_(ledger), tally_(ledger.tally_) {}

  void Begin(const StoredState& state) override;
  bool Read(const FinishedJob& job) override;
  // When all have been read, and are the ones that were written.
  Status Finish();

 private:
  struct LoadedPair {
    const Pair* pair{};
    bool included{};  // asked once each
    bool shown{};
  };

  SeriesLabels LabelsOf(const FinishedJob& job) const {
    return job.overflow ? tally_.OverflowLabels() : tally_.LabelsOf(*pairs_.at(job.pair).pair);
  }

  Ledger& ledger_;
  Tally& tally_;
  std::unordered_map<int64_t, LoadedPair> pairs_;
  bool overflow_shown_ = false;
  std::vector<FinishedJob> held_;
  HeldRows hidden_;  // of packages that are not shown
};

Result<std::unique_ptr<Ledger>> Ledger::Open(const LedgerOptions& options) {
  std::unique_ptr<Ledger> ledger(new Ledger(options));
  Loader loader(*ledger);
  auto store = options.folder.empty() ? Store::OpenInMemory(options.account, loader)
                                      : Store::Open(LedgerPath(options.folder, options.account),
                                                    options.account, loader);
  if (!store) return store.error();
  ledger->store_ = std::move(*store);
  if (auto done = loader.Finish(); !done) return done.error();
  return ledger;
}

Result<std::unique_ptr<Ledger>> Ledger::TakeOver(Ledger& from, const LedgerOptions& options) {
  if (auto done = from.Settle(); !done) return done.error();
  std::unique_ptr<Ledger> ledger(new Ledger(options));
  ledger->store_ = from.store_;
  Loader loader(*ledger);
  if (auto done = ledger->store_->ReadAll(loader); !done) return done.error();
  if (auto done = loader.Finish(); !done) return done.error();
  ledger->TakeLiveFrom(from.tally_);
  ledger->sequence_ = from.sequence_;
  ledger->version_ = from.version_;
  return ledger;
}

// What a failed write has left on disk must be known before anything is planned.
Status Ledger::Settle() {
  if (!uncertain_) return Done{};
  store_.reset();  // releases the lock on the file
  auto opened = Open(options_);
  if (!opened) return opened.error();
  Ledger& fresh = **opened;
  fresh.TakeLiveFrom(tally_);
  store_ = std::move(fresh.store_);
  tally_ = std::move(fresh.tally_);
  count_from_ = fresh.count_from_;
  watermark_ = fresh.watermark_;
  counted_ = fresh.counted_;
  counts_from_birth_ = fresh.counts_from_birth_;
  pairs_ = std::move(fresh.pairs_);
  pairs_by_id_ = std::move(fresh.pairs_by_id_);
  held_ = std::move(fresh.held_);
  uncertain_ = false;
  return Done{};
}

void Ledger::TakeLiveFrom(const Tally& earlier) {
  tally_.TakeLiveFrom(earlier, [this](const Pair& pair) { return Includes(pair); });
}

void Ledger::Loader::Begin(const StoredState& state) {
  ledger_.count_from_ = state.ledger.count_from;
  ledger_.watermark_ = state.ledger.watermark;
  ledger_.counted_ = state.ledger.counted;
  ledger_.counts_from_birth_ = state.ledger.counts_from_birth;
  for (const PairRow& row : state.pairs) {
    const auto known = ledger_.pairs_.emplace(row.pair, row.id).first;
    ledger_.pairs_by_id_[row.id] = &known->first;
    pairs_[row.id] = {.pair = &known->first, .included = ledger_.Includes(row.pair)};
  }
  for (size_t reason = 0; reason < kAnomalyReasonCount; ++reason) {
    tally_.AddAnomalies(static_cast<AnomalyReason>(reason), state.anomalies[reason]);
  }
  // Held series hold zero, so they must be known before any job is added; but what has a label in
  // common with a pair that is not held shows its jobs.
  for (const bool held : {false, true}) {
    for (const PairRow& row : state.pairs) {
      if (row.overflow || row.held != held) continue;
      if (!pairs_.at(row.id).included) {
        if (held) hidden_.pairs.push_back(row.id);
        continue;
      }
      const SeriesLabels labels = tally_.LabelsOf(row.pair);
      tally_.Show(labels, row.seen_at, held && ledger_.options_.hold_new_series);
      tally_.NoteLabels(row.pair);
      if (held) ledger_.held_[labels].pairs.push_back(row.id);
    }
  }
  // The server's clock was at least there: what the lookback has left need not come in again.
  if (ledger_.watermark_) tally_.SetTime(*ledger_.watermark_);
}

bool Ledger::Loader::Read(const FinishedJob& job) {
  const auto known = pairs_.find(job.pair);
  if (known == pairs_.end()) return false;
  LoadedPair& pair = known->second;
  if (!pair.included) {
    if (job.held) hidden_.jobs.push_back(job.id);
    return true;
  }
  if (job.held) {
    held_.push_back(job);
    return true;
  }
  bool& shown = job.overflow ? overflow_shown_ : pair.shown;
  if (!shown) tally_.Show(LabelsOf(job), job.finished_at, false);
  shown = true;
  tally_.AddFinished(*pair.pair, job, nullptr);
  return true;
}

Status Ledger::Loader::Finish() {
  // What their series showed before them is known now.
  for (const FinishedJob& job : held_) {
    const SeriesLabels labels = LabelsOf(job);
    tally_.Show(labels, job.finished_at, false);
    if (ledger_.options_.hold_new_series) tally_.Hold(labels);
    tally_.AddFinished(*pairs_.at(job.pair).pair, job, nullptr);
    ledger_.held_[labels].jobs.push_back(job.id);
  }
  // What nobody sees is not held: shown later, it is no news.
  if (auto done = ledger_.WriteReleases(hidden_); !done) return done;
  tally_.RetireIdle();  // each job has shown its series, however old it is
  if (ledger_.options_.hold_new_series) return Done{};
  std::vector<SeriesLabels> all;  // of a time when series were held
  for (const auto& [labels, rows] : ledger_.held_) all.push_back(labels);
  return ledger_.WriteReleases(all);
}

}  // namespace xplenty
