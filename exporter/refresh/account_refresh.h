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
#include "refresh/page_sequence.h"
#include "refresh/server_clock.h"
#include "refresh/status_listing.h"
#include "refresh/updated_jobs_scan.h"

namespace xplenty {

struct RefreshOptions {
  std::chrono::milliseconds min_interval{};
  std::chrono::seconds overlap{};
  std::chrono::milliseconds reconcile_interval{};
  std::chrono::seconds lookback{};
  std::chrono::milliseconds zero_hold{};
  std::chrono::milliseconds stale_after{};
  std::chrono::milliseconds page_deadline{60'000};  // of one page, its retries included
  bool memory_only{};
};

using OpenLedger = std::function<Result<std::unique_ptr<Ledger>>()>;
// Is called before each page of a refresh, or several side by side; may wait.
using BeforePage = std::function<void(const std::stop_token&)>;

// Brings the ledger of one account up to date with the API: the walk, the unfinished jobs, and now
// and then the whole lookback. Each page, or those that were asked for side by side, is committed
// with how far it brings the walk. Blocking; one thread.
class AccountRefresh {
 public:
  // `reopen` makes an empty ledger for a new day (memory only). `before`: whose place it takes,
  // with a ledger that takes over from that one's; null: nobody's. What is given by reference must
  // outlive this, `before` need not.
  AccountRefresh(PageSource& source, const RequestStats& stats, std::unique_ptr<Ledger> ledger,
                 OpenLedger reopen, Clock& clock, Logger& logger, const RefreshOptions& options,
                 const AccountRefresh* previous = nullptr);

  // One refresh. What was committed before an error stays, and the next refresh goes on from there.
  struct [[nodiscard]] Failure {
    Error error;
    std::optional<std::chrono::seconds> retry_after;
  };
  std::optional<Failure> Run(const std::stop_token& stop);

  void SetBeforePage(BeforePage before_page) { before_page_ = std::move(before_page); }

  // Reads one page of a reconcile if one is due or under way. False: there is nothing to do, or it
  // failed and goes on after the next refresh.
  bool StepReconcile(const std::stop_token& stop);

  Ledger& ledger() { return *ledger_; }
  // Whether a refresh has completed, of this or of the one before.
  bool completed_once() const { return completed_once_; }
  // By the API's own clock; nothing before its first answer.
  std::optional<Timestamp> server_time() const { return server_clock_.Now(); }
  // Pages the API has answered with so far. Safe from any thread.
  uint64_t pages_read() const { return pages_read_; }

 private:
  enum class Outcome { kCommitted, kNewDay };
  using Fetched = Result<Outcome, ApiError>;

  using Requests = std::span<const PageRequest>;
  Fetched FetchAndCommit(Requests requests, const UpdatedJobsScan* walk, PageSequence& sequence,
                         const std::stop_token& stop);
  Result<Outcome> Commit(Requests requests, PageSource::Responses responses,
                         const UpdatedJobsScan* walk, PageSequence& sequence);
  Fetched RunSequence(PageSequence& sequence, const UpdatedJobsScan* walk,
                      const std::stop_token& stop);
  Fetched RunOnce(const std::stop_token& stop);
  Fetched ListStatuses(const std::vector<JobStatus>& statuses, StatusListing::Passes passes,
                       const std::stop_token& stop);
  Status InitializeLedger(Timestamp now);
  Status BeginNewDay();
  Timestamp ScanStart() const;
  Timestamp WindowStart() const;
  void BeginReconcile();
  void EndReconcile();

  PageSource& source_;
  const RequestStats& stats_;
  std::unique_ptr<Ledger> ledger_;
  const OpenLedger reopen_;
  BeforePage before_page_;
  Clock& clock_;
  Logger& logger_;
  const RefreshOptions options_;
  ServerClock server_clock_;
  Timestamp scan_started_{};  // by the server's clock
  bool completed_once_ = false;
  bool all_listed_ = false;  // the unfinished jobs of each status, by this
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
