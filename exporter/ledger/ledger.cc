#include "ledger/ledger.h"

#include <utility>

#include "ledger/ledger_file.h"
#include "ledger/staging.h"

namespace xplenty {

Ledger::Ledger(LedgerOptions options)
    : options_(std::move(options)), aggregates_(options_.aggregates) {}

Result<std::string> Ledger::Reset(const LedgerOptions& options) {
  return ResetLedgerFile(LedgerPath(options.folder, options.account), options.account);
}

Result<std::unique_ptr<Ledger>> Ledger::Open(const LedgerOptions& options) {
  std::unique_ptr<Ledger> ledger(new Ledger(options));
  RETURN_IF_ERROR(ledger->OpenDatabase());
  return ledger;
}

Result<std::unique_ptr<Ledger>> Ledger::TakeOver(Ledger& from, const LedgerOptions& options) {
  RETURN_IF_ERROR(from.ReopenAfterFailedWrite());
  std::unique_ptr<Ledger> ledger(new Ledger(options));
  ledger->database_ = from.database_;
  RETURN_IF_ERROR(ledger->Load());
  ledger->aggregates_.CopyStateFrom(from.aggregates_);
  ledger->sequence_ = from.sequence_;
  ledger->version_ = from.version_;
  return ledger;
}

Status Ledger::OpenDatabase() {
  const bool on_disk = !options_.folder.empty();
  auto database = JobDatabase::Open(
      on_disk ? LedgerPath(options_.folder, options_.account) : std::string(), options_.account);
  if (!database) return database.error();
  database_ = std::make_shared<JobDatabase>(std::move(*database));
  return Load();
}

// Adds up all rows, into a ledger that is dropped if they prove to be damaged.
Status Ledger::Load() {
  auto state = database_->ReadState();
  if (!state) return state.error();
  header_ = state->header;
  ZeroFirst::Rows not_pending{.package_clusters = aggregates_.Restore(*state)};
  std::vector<FinishedJob> pending;
  auto status = database_->ForEachJob([&](const FinishedJob& job) {
    if (job.zero_pending) {
      pending.push_back(job);
    } else {
      aggregates_.Restore(job);
    }
  });
  if (!status) return status;
  // What their series showed before them is known now.
  for (const FinishedJob& job : pending) {
    if (aggregates_.Restore(job)) not_pending.jobs.push_back(job.id);
  }
  if (header_.watermark) aggregates_.SetTime(*header_.watermark);
  // What is shown at once, or by nobody, is not held back: shown later, it is no news.
  WriteBatch batch{.header = header_};
  status = StageUnmarked(*database_, not_pending, batch);
  return status && batch.has_rows() ? Write(batch) : status;
}

// What a failed write has left on disk must be known before anything is staged.
Status Ledger::ReopenAfterFailedWrite() {
  if (!write_failed_) return OkStatus();
  database_.reset();  // releases the lock on the file
  auto opened = Open(options_);
  if (!opened) return opened.error();
  Ledger& fresh = **opened;
  fresh.aggregates_.CopyStateFrom(aggregates_);
  database_ = std::move(fresh.database_);
  aggregates_ = std::move(fresh.aggregates_);
  header_ = fresh.header_;
  write_failed_ = false;
  return OkStatus();
}

Status Ledger::Clear() {
  aggregates_ = JobAggregates(options_.aggregates);
  return OpenDatabase();
}

Status Ledger::Write(const WriteBatch& batch) {
  auto status = database_->Write(batch);
  if (!status && !options_.folder.empty()) write_failed_ = true;
  return status;
}

Status Ledger::WriteHeader(const LedgerHeader& header) {
  RETURN_IF_ERROR(Write({.header = header}));
  header_ = header;
  view_.reset();
  return OkStatus();
}

Status Ledger::Initialize(Timestamp count_from) {
  RETURN_IF_ERROR(ReopenAfterFailedWrite());
  LedgerHeader header = header_;
  header.count_from = count_from;
  return WriteHeader(header);
}

Status Ledger::CompleteInitialSync() {
  RETURN_IF_ERROR(ReopenAfterFailedWrite());
  if (header_.initial_sync_complete) return OkStatus();
  LedgerHeader header = header_;
  header.initial_sync_complete = true;
  return WriteHeader(header);
}

Status Ledger::Commit(const PageCommit& page) {
  RETURN_IF_ERROR(ReopenAfterFailedWrite());
  auto pending = StagePage(*database_, aggregates_, options_.aggregates, header_, page);
  if (!pending) return pending.error();
  // A watermark alone is not written: after a crash such pages are read again.
  if (pending->batch.has_rows()) {
    RETURN_IF_ERROR(Write(pending->batch));
  }
  if (header_.watermark != pending->batch.header.watermark) view_.reset();
  header_ = pending->batch.header;
  pending->sequence = ++sequence_;
  aggregates_.Apply(*pending);
  return OkStatus();
}

Result<size_t> Ledger::DropVanished(uint64_t sequence) {
  RETURN_IF_ERROR(ReopenAfterFailedWrite());
  const auto pending =
      StageReconcile(*database_, aggregates_, options_.aggregates, header_, sequence);
  if (!pending) return pending.error();
  if (pending->batch.has_rows()) {
    RETURN_IF_ERROR(Write(pending->batch));
  }
  aggregates_.Apply(*pending);
  return pending->reported;
}

Status Ledger::ReleaseZeroFirst(uint64_t version) {
  RETURN_IF_ERROR(ReopenAfterFailedWrite());
  const std::vector<SeriesLabels> due = aggregates_.zero_first().ShownBy(version);
  WriteBatch batch{.header = header_};
  for (const SeriesLabels& labels : due) {
    const ZeroFirst::Rows& rows = aggregates_.zero_first().RowsOf(labels);
    RETURN_IF_ERROR(StageUnmarked(*database_, rows, batch));
  }
  if (batch.has_rows()) {
    RETURN_IF_ERROR(Write(batch));
  }
  for (const SeriesLabels& labels : due) aggregates_.Release(labels);
  return OkStatus();
}

std::shared_ptr<const AccountView> Ledger::View(bool state_current) {
  if (view_ && !aggregates_.changed() && view_->state_current == state_current) return view_;
  auto view = std::make_shared<AccountView>(aggregates_.BuildView(++version_));
  view->account = options_.account_label;
  view->labels = options_.aggregates.labels;
  view->count_from = header_.count_from;
  view->watermark = header_.watermark;
  view->initial_sync_complete = header_.initial_sync_complete;
  view->state_current = state_current;
  view_ = std::move(view);
  return view_;
}

}  // namespace xplenty
