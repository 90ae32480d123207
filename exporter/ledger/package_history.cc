#include "ledger/package_history.h"

#include <algorithm>

namespace xplenty {

PackageHistory::Runs& PackageHistory::RunsToChange() {
  if (recent_is_shown_) recent_ = std::make_shared<Runs>(*recent_);
  recent_is_shown_ = false;
  return *recent_;
}

void PackageHistory::AddRun(const FinishedRun& run) {
  const bool full = recent_->size() == kMaxRecentRuns;
  if (full && FinishOf(run) < FinishOf(recent_->front())) return;
  Runs& runs = RunsToChange();
  if (full) runs.erase(runs.begin());
  runs.insert(std::ranges::lower_bound(runs, FinishOf(run), {}, FinishOf), run);
}

uint64_t PackageHistory::FailuresAfter(const Finish& finish) const {
  return static_cast<uint64_t>(std::ranges::count_if(*recent_, [&](const FinishedRun& run) {
    return run.status == JobStatus::kFailed && FinishOf(run) > finish;
  }));
}

bool PackageHistory::NeedsRecompute(const FinishedJob& job) const {
  const Finish finish{job.finished_at, job.id};
  if (job.status != JobStatus::kCompleted || !IsSinceLastSuccess(finish)) return false;
  const bool full = recent_->size() == kMaxRecentRuns;
  return full && finish < FinishOf(recent_->front()) && last_failure_ && finish < *last_failure_;
}

void PackageHistory::Add(const FinishedJob& job) {
  const FinishedRun run{.finished_at = job.finished_at,
                        .id = job.id,
                        .status = job.status,
                        .runtime_seconds = job.runtime_seconds,
                        .records = TotalRecords(job)};
  const Finish finish = FinishOf(run);
  if (NeedsRecompute(job)) exact_ = false;
  AddRun(run);
  if (job.status == JobStatus::kCompleted) {
    if (last_success_ && finish < FinishOf(*last_success_)) return;
    last_success_ = run;
    consecutive_failures_ = FailuresAfter(finish);
  } else if (job.status == JobStatus::kFailed) {
    if (!last_failure_ || finish > *last_failure_) last_failure_ = finish;
    if (IsSinceLastSuccess(finish)) ++consecutive_failures_;
  }
}

void PackageHistory::Remove(const FinishedJob& job) {
  if (job.status == JobStatus::kFailed && IsSinceLastSuccess({job.finished_at, job.id})) {
    --consecutive_failures_;
  }
  std::erase_if(RunsToChange(), [&](const FinishedRun& run) { return run.id == job.id; });
}

bool PackageHistory::NeedsRecompute(const FinishedJob& previous, const FinishedJob& after) const {
  const Finish old{previous.finished_at, previous.id};
  const bool earlier = after.finished_at < previous.finished_at;
  const bool other = after.status != previous.status;
  // An earlier run may take the place of one that moves before all that are known.
  const bool full = recent_->size() == kMaxRecentRuns;
  if (full && earlier && old >= FinishOf(recent_->front())) return true;
  if (last_success_ && old == FinishOf(*last_success_) && (earlier || other)) return true;
  if (last_failure_ && old == *last_failure_ && (earlier || other)) return true;
  return NeedsRecompute(after);
}

PackageView PackageHistory::View(const std::string& package) const {
  const FinishedRun& last = recent_->back();
  PackageView view{.package = package,
                   .last_success = last_success_,
                   .last_failure = {},
                   .last_finish = last.finished_at,
                   .last_status = last.status,
                   .consecutive_failures = consecutive_failures_,
                   .recent = recent_};
  recent_is_shown_ = true;
  if (last_failure_) view.last_failure = last_failure_->first;
  return view;
}

}  // namespace xplenty
