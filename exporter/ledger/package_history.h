#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/timestamp.h"
#include "ledger/finished_job.h"
#include "model/account_view.h"

namespace xplenty {

// How the latest jobs of one package ended, whatever the order in which they are told. "Latest" is
// by finish time, then by id. Not thread-safe.
class PackageHistory {
 public:
  void Add(const FinishedJob& job);
  // `job` as it was told before: its status or finish time is being corrected.
  void Withdraw(const FinishedJob& job);
  // Whether a correction leaves a place to an earlier job, which is no longer known here: then the
  // history must be told anew.
  bool Forgets(const FinishedJob& before, const FinishedJob& after) const;

  Timestamp last_finish() const { return last_finish_.finish.first; }
  PackageView View(const std::string& package) const;

 private:
  using Runs = std::vector<FinishedRun>;
  Runs& RunsToChange();
  void AddRun(const FinishedJob& job, int64_t records);

  using Finish = std::pair<Timestamp, int64_t>;
  struct Outcome {
    Finish finish;
    JobStatus status{};
    std::optional<int64_t> runtime_seconds;
    int64_t records{};
  };

  Outcome last_finish_;
  std::optional<Outcome> last_success_;
  std::optional<Finish> last_failure_;
  std::set<Finish> failures_;  // since the last success
  std::shared_ptr<Runs> recent_ = std::make_shared<Runs>();
  mutable bool recent_is_shown_ = false;  // by a view: to be copied before it is changed
};

}  // namespace xplenty
