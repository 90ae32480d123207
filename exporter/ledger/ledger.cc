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
  RETURN_IF_ERROR(ledger->OpenDatabase(/*earlier=*/nullptr));
  return ledger;
}

Result<std::unique_ptr<Ledger>> Ledger::TakeOver(Ledger& from, const LedgerOptions& options) {
  RETURN_IF_ERROR(from.ReopenAfterFailedWrite());
  std::unique_ptr<Ledger> ledger(new Ledger(options));
  ledger->database_ = from.database_;
  RETURN_IF_ERROR(ledger->Load(&from.aggregates_));
  ledger->sequence_ = from.sequence_;
  ledger->version_ = from.version_;
  return ledger;
}

Status Ledger::OpenDatabase(const JobAggregates* earlier) {
  const bool on_disk = !options_.folder.empty();
  auto database = JobDatabase::Open(
      on_disk ? LedgerPath(options_.folder, options_.account) : std::string(), options_.account);
  if (!database) return database.error();
  database_ = std::make_shared<JobDatabase>(std::move(*database));
  return Load(earlier);
}

// Adds up all rows, into a ledger that is dropped if they prove to be damaged. `earlier`: the
// aggregates whose place its own take; null: there are none.
Status Ledger::Load(const JobAggregates* earlier) {
  const auto state = database_->ReadState();
  if (!state) return state.error();
  header_ = state->header;
  const auto not_pending = aggregates_.Restore(*database_, *state, earlier);
  if (!not_pending) return not_pending.error();
  // What is shown at once, or by nobody, is not held back: shown later, it is no news.
  WriteBatch batch{.header = header_};
  RETURN_IF_ERROR(StageUnmarked(*database_, *not_pending, batch));
  return batch.has_rows() ? Write(batch) : OkStatus();
}

// What a failed write has left on disk must be known before anything is staged.
Status Ledger::ReopenAfterFailedWrite() {
  if (!write_failed_) return OkStatus();
  database_.reset();  // releases the lock on the file
  Ledger fresh(options_);
  RETURN_IF_ERROR(fresh.OpenDatabase(&aggregates_));
  database_ = std::move(fresh.database_);
  aggregates_ = std::move(fresh.aggregates_);
  header_ = fresh.header_;
  write_failed_ = false;
  return OkStatus();
}

Status Ledger::Clear() {
  aggregates_ = JobAggregates(options_.aggregates);
  return OpenDatabase(/*earlier=*/nullptr);
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

Result<Ledger::CommitReport> Ledger::Commit(const PageCommit& page) {
  RETURN_IF_ERROR(ReopenAfterFailedWrite());
  const auto stored = FindStored(*database_, page.jobs);
  if (!stored) return stored.error();
  RETURN_IF_ERROR(aggregates_.Recall(*database_, page.jobs, *stored));
  auto pending = StagePage(*database_, aggregates_, options_.aggregates, header_, page, *stored);
  if (!pending) return pending.error();
  // A watermark alone is not written: after a crash such pages are read again.
  if (pending->batch.has_rows()) {
    RETURN_IF_ERROR(Write(pending->batch));
  }
  if (header_.watermark != pending->batch.header.watermark) view_.reset();
  header_ = pending->batch.header;
  pending->sequence = ++sequence_;
  aggregates_.Apply(*pending);
  return CommitReport{.folded_packages = std::move(pending->folded_packages)};
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
  const std::vector<SeriesLabels> due = aggregates_.figures().zero_first.ShownBy(version);
  WriteBatch batch{.header = header_};
  for (const SeriesLabels& labels : due) {
    const ZeroFirst::Rows& rows = aggregates_.figures().zero_first.RowsOf(labels);
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
