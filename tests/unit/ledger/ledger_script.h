#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "ledger_fixture.h"

namespace xplenty {

// All that an exporter does to its ledger, step by step: birth, pages with known and new series,
// corrections, anomalies, holds and their release. Doing steps again changes nothing, as reading
// pages again does.
class LedgerScript {
 public:
  LedgerScript() {
    using std::chrono::seconds;
    std::vector<Job> first;
    for (int64_t id = 1; id <= 30; ++id) {
      const JobStatus status = kFinishedStatuses[static_cast<size_t>(id % 3)];
      first.push_back(FinishedRow(id, status, kNow - seconds(id), id % 3, id));
    }
    AddPage(first, kNow);
    steps_.emplace_back([](Ledger& ledger) { return ledger.CompleteInitialSync(); });

    Job running = FinishedRow(32, JobStatus::kRunning, kNow, 5);
    running.completed_at = {};
    AddPage({FinishedRow(31, JobStatus::kFailed, kNow, 4), running}, kNow);

    Job raised = first[0];
    raised.outputs[0].records += 100;
    Job lowered = first[1];
    lowered.outputs[0].records = 0;
    AddPage({raised, lowered}, kNow, /*keep=*/false);
    first[0] = raised;
    jobs_.at(raised.id) = raised;
    AddRelease();

    std::vector<Job> many;
    for (int64_t id = 100; id < 160; ++id) {
      many.push_back(FinishedRow(id, JobStatus::kCompleted, kNow + seconds(1), id % 20, id));
    }
    AddPage(many, kNow + seconds(1));
    AddPage({FinishedRow(32, JobStatus::kCompleted, kNow + seconds(2), 5)}, kNow + seconds(2));
    AddRelease();
  }

  size_t size() const { return steps_.size(); }
  Status Do(size_t step, Ledger& ledger) const {
    if (!ledger.header().count_from) {
      RETURN_IF_ERROR(ledger.Initialize(kNow - kLookback));
    }
    return steps_[step](ledger);
  }
  // Until the first failure; false if there was one. `seen` is called after each step.
  bool DoAll(Ledger& ledger, const std::function<void(const AccountView&)>& seen) const {
    for (size_t step = 0; step < size(); ++step) {
      const bool done = Do(step, ledger).has_value();
      seen(*ledger.View(false));
      if (!done) return false;
    }
    return true;
  }

  // The counters after all of it.
  AllFigures truth() const {
    std::vector<Job> all;
    for (const auto& [id, job] : jobs_) all.push_back(job);
    return TruthOf(all, kNow - kLookback);
  }

 private:
  void AddPage(const std::vector<Job>& page, Timestamp now, bool keep = true) {
    for (const Job& job : page) {
      if (keep) jobs_[job.id] = job;
    }
    steps_.emplace_back([page, now](Ledger& ledger) { return CommitJobs(ledger, page, now, now); });
  }
  void AddRelease() {
    steps_.emplace_back(
        [](Ledger& ledger) { return ledger.ReleaseZeroFirst(ledger.View(false)->version); });
  }

  std::vector<std::function<Status(Ledger&)>> steps_;
  std::map<int64_t, Job> jobs_;
};

}  // namespace xplenty
