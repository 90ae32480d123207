#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"
#include "ledger/job_aggregates.h"
#include "ledger/job_database.h"
#include "ledger/pending_commit.h"
#include "model/account_view.h"

namespace xplenty {

struct LedgerOptions {
  std::string folder;         // empty: memory only
  std::string account;        // the id: names the file
  std::string account_label;  // what views call the account
  AggregateOptions aggregates;
};

// The durable memory of one account: which jobs have been counted, and with that the counters.
// Every change of a call is on disk before the call returns, and only then in View() (promise P3).
// A failed call changes nothing in View(); whether it is on disk all the same is found out by the
// next call, which opens the file again. One writer, one thread; knows no clock. Errors are
// kStorage.
class Ledger {
 public:
  // Opens the account's file in the folder or makes one; see OpenLedgerFile() for what it refuses.
  static Result<std::unique_ptr<Ledger>> Open(const LedgerOptions& options);
  // Makes a ledger in the place of another one, over the same open file, as other options show it.
  // Unfinished jobs and the numbers of views go on. Until `from` is dropped either of the two may
  // go on, but not both.
  static Result<std::unique_ptr<Ledger>> TakeOver(Ledger& from, const LedgerOptions& options);
  // Moves the account's file aside and makes a new one. Returns the old file's new name, empty if
  // there was none.
  static Result<std::string> Reset(const LedgerOptions& options);

  // Lets go of the file; nothing but View() may be called after it.
  void Close() { database_.reset(); }
  // Forgets everything, memory only: the next call must be Initialize(). The numbers of views go
  // on.
  Status Clear();

  // Returns since when jobs count and how far the account has been read.
  const LedgerHeader& header() const { return header_; }
  // Sets the time from which on jobs count. Once, with the first response of the API; before it
  // nothing can be committed.
  Status Initialize(Timestamp count_from);

  // What a commit did that a person should know of.
  struct CommitReport {
    // Names of the packages that are counted under package="other" from now on, for want of room
    // under the series cap (promise P9). Each is reported once per ledger.
    std::vector<std::string> folded_packages;
  };
  // Applies a page.
  Result<CommitReport> Commit(const PageCommit& page);
  // Records that a first refresh has completed: counters may be shown, and series that are new from
  // now on start at zero (promise P6).
  Status CompleteInitialSync();

  // Returns the number of the last commit. What a commit shows is seen at its number.
  uint64_t sequence() const { return sequence_; }
  // Returns the statuses that hold unfinished jobs not seen since the commit `sequence`.
  std::vector<JobStatus> StatusesNotSeenSince(uint64_t sequence) const {
    return aggregates_.unfinished().StatusesNotSeenSince(sequence);
  }
  // Ends a reconcile that began after the commit `sequence`: an unfinished job that two in a row
  // have not seen is dropped and reported. Returns how many.
  Result<size_t> DropVanished(uint64_t sequence);

  // Sets the server's clock; see JobAggregates::SetTime().
  void SetTime(Timestamp server_time) { aggregates_.SetTime(server_time); }

  // Shows the values of new series that views up to `version` have shown at zero (promise P6).
  Status ReleaseZeroFirst(uint64_t version);

  // Returns what is known; the same pointer as long as nothing changes. `state_current`: see
  // AccountView.
  std::shared_ptr<const AccountView> View(bool state_current);

 private:
  explicit Ledger(LedgerOptions options);
  Status OpenDatabase(const JobAggregates* earlier);
  Status Load(const JobAggregates* earlier);
  Status ReopenAfterFailedWrite();
  Status Write(const WriteBatch& batch);
  Status WriteHeader(const LedgerHeader& header);

  const LedgerOptions options_;
  // Two ledgers share it only while one takes over from the other.
  std::shared_ptr<JobDatabase> database_;
  JobAggregates aggregates_;
  LedgerHeader header_;
  bool write_failed_ = false;  // what is on disk must be read again
  uint64_t sequence_ = 0;
  uint64_t version_ = 0;
  std::shared_ptr<const AccountView> view_;
};

}  // namespace xplenty
