#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/timestamp.h"
#include "ledger/finished_job.h"
#include "model/account_view.h"

namespace xplenty {

// How the latest jobs of one package ended, in any order of addition. "Latest" is
// by finish time, then by id. Takes the same memory for any number of jobs. Not thread-safe.
class PackageHistory {
 public:
  // Returns true if a job that is added now would leave consecutive_failures unknown: it completed
  // before so many others that the failures among them are no longer all in memory. The history
  // must be computed again from all jobs of the package then.
  bool NeedsRecompute(const FinishedJob& job) const;
  // Adds a finished job that is not in the history.
  void Add(const FinishedJob& job);
  // Removes a job, as it was added, so that it can be added with another status or finish time.
  void Remove(const FinishedJob& job);
  // Returns true if a correction may leave a place to an earlier job that is no longer in memory,
  // or makes what NeedsRecompute(after) says. `previous` is the job as it was added.
  bool NeedsRecompute(const FinishedJob& previous, const FinishedJob& after) const;
  // Returns false once a job was added for which NeedsRecompute() was true.
  bool exact() const { return exact_; }

  // Returns true if no job was added.
  bool empty() const { return recent_->empty(); }
  // Returns the finish time of the latest job; the history must not be empty.
  Timestamp last_finish() const { return recent_->back().finished_at; }
  // Returns what is shown of a history that is not empty.
  PackageView View(const std::string& package) const;

 private:
  using Runs = std::vector<FinishedRun>;
  Runs& RunsToChange();
  void AddRun(const FinishedRun& run);

  using Finish = std::pair<Timestamp, int64_t>;
  static Finish FinishOf(const FinishedRun& run) { return {run.finished_at, run.id}; }
  bool IsSinceLastSuccess(const Finish& finish) const {
    return !last_success_ || finish > FinishOf(*last_success_);
  }
  uint64_t FailuresAfter(const Finish& finish) const;

  std::optional<FinishedRun> last_success_;
  std::optional<Finish> last_failure_;
  uint64_t consecutive_failures_ = 0;  // since the last success
  bool exact_ = true;
  std::shared_ptr<Runs> recent_ = std::make_shared<Runs>();
  mutable bool recent_is_shown_ = false;  // by a view: to be copied before it is changed
};

}  // namespace xplenty
