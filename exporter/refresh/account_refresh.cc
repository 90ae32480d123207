#include "refresh/account_refresh.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "refresh/merge_pages.h"

namespace xplenty {
namespace {

ApiError StorageError(Error error) {
  return {.error = std::move(error), .http_status = 0, .retry_after = {}};
}

Timestamp Midnight(Timestamp time) {
  return std::chrono::floor<std::chrono::days>(time);
}

// Returns whether the API does not take a request as it is.
bool IsRefusal(const ApiError& error) {
  return error.http_status == 400 || error.http_status == 422;
}

}  // namespace

AccountRefresh::AccountRefresh(PageSource& source, const RequestStats& stats,
                               std::unique_ptr<Ledger> ledger, Clock& clock, Logger& logger,
                               const RefreshOptions& options, const AccountRefresh* previous)
    : source_(source),
      stats_(stats),
      ledger_(std::move(ledger)),
      clock_(clock),
      logger_(logger),
      options_(options),
      server_clock_(clock) {
  if (previous == nullptr || !previous->completed_once_) return;
  server_clock_ = previous->server_clock_;
  completed_once_ = true;
}

std::optional<AccountRefresh::Failure> AccountRefresh::Run(const std::stop_token& stop) {
  Fetched outcome = RunOnce(stop);
  // After midnight the new day's ledger starts empty. Midnight cannot pass twice in one refresh.
  if (outcome && *outcome == Outcome::kNewDay) outcome = RunOnce(stop);
  if (!outcome) {
    return Failure{.error = outcome.error().error, .retry_after = outcome.error().retry_after};
  }
  ledger_->SetTime(*server_clock_.Now());
  if (auto status = ledger_->CompleteInitialSync(); !status) {
    return Failure{.error = status.error(), .retry_after = {}};
  }
  if (!all_listed_) next_reconcile_ = clock_.Steady() + options_.reconcile_interval;
  completed_once_ = all_listed_ = true;
  reconcile_paused_ = false;
  return std::nullopt;
}

AccountRefresh::Fetched AccountRefresh::RunOnce(const std::stop_token& stop) {
  const uint64_t sequence_at_start = ledger_->sequence();
  // The unfinished jobs come first, as nothing is known of them yet. Their responses also bring the
  // server's time, which the scan needs.
  if (!all_listed_) {
    if (auto outcome =
            ListStatuses(listable_.At(clock_.Steady()), StatusListing::Passes::kUntilStable, stop);
        !outcome || *outcome == Outcome::kNewDay) {
      return outcome;
    }
  }
  scan_started_ = *server_clock_.Now();
  UpdatedJobsScan scan(ScanStart(), options_.overlap, scan_started_);
  auto outcome = RunSequence(scan, &scan, stop);
  if (!outcome || *outcome == Outcome::kNewDay) return outcome;
  if (scan.by_offset()) logger_.Warn("The API ignores `sort` or `since`: it was read by offset");
  if (!all_listed_) return Outcome::kCommitted;
  // A row that this single pass misses is read by the next refresh.
  const auto not_seen = ledger_->StatusesNotSeenSince(sequence_at_start);
  return ListStatuses(listable_.Due(not_seen, clock_.Steady()), StatusListing::Passes::kOne, stop);
}

AccountRefresh::Fetched AccountRefresh::ListStatuses(const std::vector<JobStatus>& statuses,
                                                     StatusListing::Passes passes,
                                                     const std::stop_token& stop) {
  std::vector<std::pair<JobStatus, ApiError>> refused;
  for (const JobStatus status : statuses) {
    if (all_listed_ && stats_.budget().IsLow(clock_.Steady())) break;
    StatusListing listing(status, passes);
    auto outcome = RunSequence(listing, nullptr, stop);
    if (!outcome && IsRefusal(outcome.error()) && pages_read_ > 0) {
      refused.emplace_back(status, outcome.error());
      continue;
    }
    if (!outcome || *outcome == Outcome::kNewDay) return outcome;
    listable_.Accept(status);
  }
  const bool all = refused.size() == statuses.size();  // then it is not for the status
  const auto by_chance = [this](const auto& one) { return !Refuse(one.first, one.second); };
  const bool fails = all || std::ranges::count_if(refused, by_chance) > 0;
  if (fails && !refused.empty()) return refused.front().second;
  return Outcome::kCommitted;
}

// Returns false if the refusal may be by chance. Otherwise the status is left out: its jobs are
// still read with all others.
bool AccountRefresh::Refuse(JobStatus status, const ApiError& error) {
  const auto outcome = listable_.Refuse(status, clock_.Steady());
  if (outcome == ListableStatuses::Outcome::kLeftOut) {
    logger_.Warn("The API lists no jobs of a status: tried again once a day",
                 {{"status", std::string(ToString(status))}, {"err", error.error.message}});
  }
  return outcome != ListableStatuses::Outcome::kSuspected;
}

AccountRefresh::Fetched AccountRefresh::RunSequence(PageSequence& sequence,
                                                    const UpdatedJobsScan* scan,
                                                    const std::stop_token& stop) {
  for (;;) {
    const auto requests = sequence.Next(stats_.budget().MaxConcurrency(clock_.Steady()));
    if (requests.empty()) return Outcome::kCommitted;
    if (before_page_) before_page_(stop);
    auto outcome = FetchAndCommit(requests, scan, sequence, stop);
    if (!outcome || *outcome == Outcome::kNewDay) return outcome;
  }
}

// The pages that arrived are committed even if another page of the batch failed.
AccountRefresh::Fetched AccountRefresh::FetchAndCommit(Requests requests,
                                                       const UpdatedJobsScan* scan,
                                                       PageSequence& sequence,
                                                       const std::stop_token& stop) {
  PageSource::Responses responses = source_.FetchAll(
      requests, {.deadline = clock_.Steady() + options_.page_deadline, .stop = stop});
  const auto failed =
      std::ranges::find_if(responses, [](const auto& response) { return !response; });
  std::optional<ApiError> failure;
  if (failed != responses.end()) failure = failed->error();
  const auto pages = std::ranges::count_if(responses, [](const auto& page) { return bool(page); });
  if (pages > 0) {
    pages_read_ += static_cast<uint64_t>(pages);
    const auto outcome = Commit(requests, std::move(responses), scan, sequence);
    if (!outcome) return StorageError(outcome.error());
    if (*outcome == Outcome::kNewDay) return *outcome;
  }
  if (failure) return *failure;
  return Outcome::kCommitted;
}

Result<AccountRefresh::Outcome> AccountRefresh::Commit(Requests requests,
                                                       PageSource::Responses responses,
                                                       const UpdatedJobsScan* scan,
                                                       PageSequence& sequence) {
  std::optional<Timestamp> date;
  for (const auto& page : responses) {
    if (page) date = std::max(date, page->server_time);
  }
  server_clock_.Record(date);
  const Timestamp now = *server_clock_.Now();
  const auto count_from = ledger_->header().count_from;
  if (options_.memory_only && count_from && Midnight(now) > *count_from) {
    RETURN_IF_ERROR(BeginNewDay());
    return Outcome::kNewDay;
  }
  if (!count_from) {
    RETURN_IF_ERROR(InitializeLedger(now));
  }
  for (size_t i = 0; i < responses.size(); ++i) {
    if (responses[i]) sequence.Feed(requests[i], *responses[i]);
  }
  std::optional<Timestamp> watermark;
  // The watermark is never later than the start of the scan: a row that became visible behind the
  // scan must still lie within the overlap of the next one.
  if (scan != nullptr) watermark = std::min({scan->completed(), scan_started_, now});
  const Page all = MergePages(std::move(responses));
  const auto report = ledger_->Commit({.jobs = all.jobs,
                                       .rejects = all.rejects,
                                       .server_time = now,
                                       .watermark = watermark,
                                       .scraped_version = scraped_version_});
  if (!report) return report.error();
  for (const std::string& package : report->folded_packages) {
    logger_.Warn("No room for a package: it is counted under package=\"other\"",
                 {{"package", package}, {"raise", "--metrics.max-series"}});
  }
  return Outcome::kCommitted;
}

Status AccountRefresh::InitializeLedger(Timestamp now) {
  if (options_.memory_only) return ledger_->Initialize(Midnight(now));
  return ledger_->Initialize(ledger_->header().counts_from_creation ? now
                                                                    : now - options_.lookback);
}

Status AccountRefresh::BeginNewDay() {
  RETURN_IF_ERROR(ledger_->Clear());
  completed_once_ = all_listed_ = false;
  reconcile_.reset();
  logger_.Info("A new day (UTC): the counters restart at 0, as there is no storage");
  return OkStatus();
}

Timestamp AccountRefresh::WindowStart() const {
  const Timestamp start = *server_clock_.Now() - options_.lookback;
  return options_.memory_only ? std::min(start, *ledger_->header().count_from) : start;
}

Timestamp AccountRefresh::ScanStart() const {
  if (const auto watermark = ledger_->header().watermark) return *watermark - options_.overlap;
  // No row was ever seen: read everything since counting began.
  return std::min(WindowStart(), *ledger_->header().count_from);
}

bool AccountRefresh::StepReconcile(const std::stop_token& stop) {
  if (!all_listed_ || reconcile_paused_) return false;
  if (!reconcile_) {
    const SteadyTime now = clock_.Steady();
    if (now < next_reconcile_ || stats_.budget().IsLow(now)) return false;
    BeginReconcile();
  }
  PageSequence& sequence = *reconcile_->rest.front();
  // One page at a time, so that a refresh never waits for several.
  if (const auto requests = sequence.Next(1); !requests.empty()) {
    const auto outcome = FetchAndCommit(requests, nullptr, sequence, stop);
    if (outcome) return *outcome != Outcome::kNewDay;
    const auto status = requests.front().status;
    const ApiError& error = outcome.error();
    if (!status || !IsRefusal(error) || !Refuse(*status, error)) {
      InterruptReconcile(error.error);
      return false;
    }
  }
  reconcile_->rest.pop_front();
  if (reconcile_->rest.empty()) EndReconcile();
  return reconcile_.has_value();
}

void AccountRefresh::BeginReconcile() {
  reconcile_.emplace(ledger_->sequence());
  reconcile_->rest.push_back(
      std::make_unique<UpdatedJobsScan>(WindowStart(), options_.overlap, *server_clock_.Now()));
  for (const JobStatus status : listable_.At(clock_.Steady())) {
    reconcile_->rest.push_back(
        std::make_unique<StatusListing>(status, StatusListing::Passes::kUntilStable));
  }
}

void AccountRefresh::InterruptReconcile(const Error& error) {
  if (error.code != ErrorCode::kCancelled) {
    logger_.Warn("Reconcile interrupted", {{"err", error.message}});
  }
  // The sequence has advanced past a page that could not be stored: start again from the top.
  if (error.code == ErrorCode::kStorage) reconcile_.reset();
  reconcile_paused_ = true;
}

void AccountRefresh::EndReconcile() {
  const auto dropped = ledger_->DropVanished(reconcile_->since);
  if (!dropped) {
    logger_.Error("Reconcile not recorded", {{"err", dropped.error().message}});
  } else if (*dropped > 0) {
    logger_.Warn("Unfinished jobs are no longer listed: dropped",
                 {{"jobs", std::to_string(*dropped)}});
  }
  reconcile_.reset();
  next_reconcile_ = clock_.Steady() + options_.reconcile_interval;
}

}  // namespace xplenty
