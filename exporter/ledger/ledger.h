#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"
#include "jobs/job_json.h"
#include "ledger/counting.h"
#include "ledger/store.h"
#include "ledger/tally.h"
#include "model/account_view.h"
#include "model/job.h"

namespace xplenty {

struct LedgerOptions {
  std::string folder;   // empty: memory only
  std::string account;  // the id: names the file
  std::string account_label;
  bool hold_new_series{};  // promise P6
  // Whether a package of that name (its id, if it has none) is shown; none: all are. The others'
  // jobs are remembered as well, so that it may change.
  std::function<bool(std::string_view package)> includes{};
  TallyOptions tally;
};

// One page of jobs and how far it brings the walk.
struct PageCommit {
  const std::vector<Job>& jobs;
  const std::vector<RejectedRow>& rejects;
  Timestamp server_time;
  std::optional<Timestamp> watermark;  // highest `updated_at` completed; none: leave it
};

// The durable memory of one account: which jobs have been counted, and with that the counters.
// Whatever a call changes is on disk before the call returns, and only then in View(). A failed
// call changes nothing in View(); whether it is on disk all the same is found out by the next call,
// which opens the file anew. One writer, one thread; knows no clock. Errors are kStorage.
class Ledger {
 public:
  // Opens the account's file in the folder or makes one; see OpenLedgerFile() for what it refuses.
  static Result<std::unique_ptr<Ledger>> Open(const LedgerOptions& options);
  // One in the place of another, over the same open file, as other options show it; unfinished jobs
  // and the numbers of views go on. Until `from` is dropped either of the two may go on, but not
  // both.
  static Result<std::unique_ptr<Ledger>> TakeOver(Ledger& from, const LedgerOptions& options);
  // Moves the account's file aside first. Returns its new name, empty if there was none.
  static Result<std::string> Reset(const LedgerOptions& options);

  // Lets go of the file; nothing but View() may be asked for after it.
  void Close() { store_.reset(); }

  // A new ledger is born with the first answer of the server. Jobs that finished before count_from
  // are never counted.
  bool born() const { return count_from_.has_value(); }
  bool counts_from_birth() const { return counts_from_birth_; }
  std::optional<Timestamp> count_from() const { return count_from_; }
  Status Birth(Timestamp count_from);

  // Applies a page; the ledger must be born.
  Status Commit(const PageCommit& page);
  // The first refresh of the ledger's life is complete: counters may be shown, and series that are
  // born from now on start at zero.
  Status CompleteFirstRefresh();

  std::optional<Timestamp> watermark() const { return watermark_; }

  // Grows with each commit. What a commit shows is seen at its number.
  uint64_t sequence() const { return sequence_; }
  // The statuses that hold unfinished jobs not seen since `sequence`.
  std::vector<JobStatus> UnseenStatuses(uint64_t sequence) const;
  // Ends a reconcile that began at `sequence`: an unfinished job that two in a row have not seen is
  // dropped and reported. Returns how many.
  Result<size_t> DropVanished(uint64_t sequence);

  // The server's clock: finished jobs leave the lookback, idle series are retired.
  void SetTime(Timestamp server_time) { tally_.SetTime(server_time); }

  // New series that views up to `version` have shown at zero may show their values.
  Status ReleaseHolds(uint64_t version);

  // Numbers its views after those of another ledger, whose place it takes.
  void ContinueVersionsOf(const Ledger& other) { version_ = other.version_; }

  // The same pointer as long as nothing changed. `state_current`: see AccountView.
  std::shared_ptr<const AccountView> View(bool state_current);

 private:
  struct Plan;
  class Loader;
  // What of a held series is marked so on disk.
  struct HeldRows {
    std::vector<int64_t> pairs;
    std::vector<int64_t> jobs;
  };

  explicit Ledger(LedgerOptions options);
  Status Settle();
  void TakeLiveFrom(const Tally& earlier);
  bool Includes(const Pair& pair) const {
    return !options_.includes || options_.includes(pair.PackageLabel());
  }
  Status Write(const Changes& changes);
  Status WriteReleases(const std::vector<SeriesLabels>& series);
  Status WriteReleases(const HeldRows& rows);
  Status PlanJob(const Job& job, Timestamp server_time, Plan& plan);
  Status PlanAnomaly(const Anomaly& anomaly, Plan& plan);
  int64_t PlanPair(const Pair& pair, Timestamp server_time, bool overflow, Plan& plan);
  void PlanHidden(const Pair& pair, const std::optional<FinishedJob>& known, FinishedJob after,
                  Timestamp server_time, Plan& plan);
  struct PairMarks {
    bool held{};
    bool overflow{};
  };
  int64_t PlanPairRow(const Pair& pair, Timestamp server_time, PairMarks marks, Plan& plan);
  bool IsHeld(const SeriesLabels& labels, const Plan& plan) const;
  Status PlanRetelling(Plan& plan);
  const Pair& PairById(int64_t id, const Plan& plan) const;
  bool Overflows(const SeriesLabels& labels, const Plan& plan);
  void Apply(const Plan& plan);

  const LedgerOptions options_;
  std::shared_ptr<Store> store_;  // of two ledgers only while one takes over from the other
  Tally tally_;
  std::optional<Timestamp> count_from_;
  std::optional<Timestamp> watermark_;
  bool counted_ = false;
  bool counts_from_birth_ = false;
  std::map<Pair, int64_t> pairs_;
  std::map<int64_t, const Pair*> pairs_by_id_;
  std::map<SeriesLabels, HeldRows> held_;
  bool uncertain_ = false;  // a write has failed: what is on disk is to be read again
  uint64_t sequence_ = 0;
  uint64_t version_ = 0;
  std::shared_ptr<const AccountView> view_;
};

}  // namespace xplenty
