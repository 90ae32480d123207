#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

#include "api/page_source.h"
#include "api/rate_budget.h"
#include "api/request_stats.h"
#include "base/clock.h"
#include "base/logger.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "refresh/listable_statuses.h"
#include "refresh/page_sequence.h"
#include "refresh/server_clock.h"
#include "refresh/status_listing.h"
#include "refresh/updated_jobs_scan.h"

namespace xplenty {

// How one account is refreshed. All times are positive, zero_hold may be 0.
struct RefreshOptions {
  std::chrono::milliseconds min_interval{};
  std::chrono::seconds overlap{};
  std::chrono::milliseconds reconcile_interval{};
  std::chrono::seconds lookback{};
  std::chrono::milliseconds zero_hold{};
  std::chrono::milliseconds stale_after{};
  std::chrono::milliseconds page_deadline{60'000};  // for one page with its retries
  bool memory_only{};  // without storage: counters start at 00:00 UTC of each day (promise P4)
};

// Called before each request of a refresh, or before several that are sent in parallel; may wait.
using BeforePage = std::function<void(const std::stop_token&)>;

// Brings the ledger of one account up to date with the API: it scans the updated jobs, lists the
// unfinished ones and, every reconcile interval, reads the whole lookback again. A page, or a batch
// of pages fetched in parallel, is committed in one transaction with the new watermark. Blocking;
// not thread-safe, except pages_read().
class AccountRefresh {
 public:
  // `previous` is the refresh that this one replaces at a reload, or null; its clock is taken over.
  // References must outlive this, `previous` need not.
  AccountRefresh(PageSource& source, const RequestStats& stats, std::unique_ptr<Ledger> ledger,
                 Clock& clock, Logger& logger, const RefreshOptions& options,
                 const AccountRefresh* previous = nullptr);

  // Why a refresh failed, and when the API wants the next attempt.
  struct [[nodiscard]] Failure {
    Error error;
    std::optional<std::chrono::seconds> retry_after;
  };
  // Runs one refresh; empty if it completed. What was committed before an error stays committed,
  // and the next refresh continues from there.
  std::optional<Failure> Run(const std::stop_token& stop);

  void SetBeforePage(BeforePage before_page) { before_page_ = std::move(before_page); }
  // Records the latest view that a scrape has received: what it showed may make room for new
  // series.
  void RecordScraped(uint64_t version) { scraped_version_ = version; }

  // Reads one page of a reconcile if one is due or under way. False if there is nothing to do, or
  // if the page failed: the reconcile then continues after the next refresh.
  bool StepReconcile(const std::stop_token& stop);

  Ledger& ledger() { return *ledger_; }
  // True once a refresh of this object, or of the one that it replaced, has completed.
  bool completed_once() const { return completed_once_; }
  // The time by the API's own clock; empty before its first response.
  std::optional<Timestamp> server_time() const { return server_clock_.Now(); }
  // The number of pages read so far. Safe from any thread.
  uint64_t pages_read() const { return pages_read_; }

 private:
  enum class Outcome { kCommitted, kNewDay };
  using Fetched = Result<Outcome, ApiError>;

  using Requests = std::span<const PageRequest>;
  Fetched FetchAndCommit(Requests requests, const UpdatedJobsScan* scan, PageSequence& sequence,
                         const std::stop_token& stop);
  Result<Outcome> Commit(Requests requests, PageSource::Responses responses,
                         const UpdatedJobsScan* scan, PageSequence& sequence);
  Fetched RunSequence(PageSequence& sequence, const UpdatedJobsScan* scan,
                      const std::stop_token& stop);
  Fetched RunOnce(const std::stop_token& stop);
  Fetched ListStatuses(const std::vector<JobStatus>& statuses, StatusListing::Passes passes,
                       const std::stop_token& stop);
  bool Refuse(JobStatus status, const ApiError& error);
  Status InitializeLedger(Timestamp now);
  Status BeginNewDay();
  Timestamp ScanStart() const;
  Timestamp WindowStart() const;
  void BeginReconcile();
  void InterruptReconcile(const Error& error);
  void EndReconcile();

  PageSource& source_;
  const RequestStats& stats_;
  std::unique_ptr<Ledger> ledger_;
  BeforePage before_page_;
  Clock& clock_;
  Logger& logger_;
  const RefreshOptions options_;
  ServerClock server_clock_;
  Timestamp scan_started_{};  // by the server's clock
  uint64_t scraped_version_ = 0;
  ListableStatuses listable_;
  bool completed_once_ = false;
  bool all_listed_ = false;  // this object has listed the unfinished jobs of each status
  std::atomic<uint64_t> pages_read_ = 0;

  struct Reconcile {
    explicit Reconcile(uint64_t sequence) : since(sequence) {}
    uint64_t since;  // the ledger's sequence when it began
    std::deque<std::unique_ptr<PageSequence>> rest;
  };
  std::optional<Reconcile> reconcile_;
  bool reconcile_paused_ = false;
  SteadyTime next_reconcile_{};
};

}  // namespace xplenty
