#include "ledger/recent_failures.h"

#include <algorithm>

namespace xplenty {

void RecentFailures::Add(const std::string& package, const std::string& cluster,
                         const FinishedJob& job) {
  if (job.status != JobStatus::kFailed) return;
  const auto finish_of = [](const auto& failure) {
    return std::pair(failure.finished_at, failure.id);
  };
  if (failures_.size() == kMaxRecentFailures) {
    if (finish_of(job) < finish_of(failures_.front())) return;
    failures_.pop_front();
  }
  const auto place = std::ranges::upper_bound(failures_, finish_of(job), {}, finish_of);
  failures_.insert(place, {.id = job.id,
                           .package = package,
                           .cluster = cluster,
                           .finished_at = job.finished_at,
                           .runtime_seconds = job.runtime_seconds,
                           .error = {},
                           .link = {}});
  view_.reset();
}

void RecentFailures::Correct(const std::string& package, const std::string& cluster,
                             const FinishedJob& job) {
  const auto known = std::ranges::find(failures_, job.id, &FailedJob::id);
  if (known == failures_.end()) return Add(package, cluster, job);
  const FailedJob previous = *known;
  Remove(job.id);
  Add(package, cluster, job);
  const auto after = std::ranges::find(failures_, job.id, &FailedJob::id);
  if (after == failures_.end()) return;
  after->error = previous.error;
  after->link = previous.link;
}

void RecentFailures::Remove(int64_t id) {
  if (std::erase_if(failures_, [&](const FailedJob& failure) { return failure.id == id; }) > 0) {
    view_.reset();
  }
}

bool RecentFailures::Describe(const Job& job) {
  const auto known = std::ranges::find(failures_, job.id, &FailedJob::id);
  if (known == failures_.end() || (known->error == job.error && known->link == job.link)) {
    return false;
  }
  known->error = job.error;
  known->link = job.link;
  view_.reset();
  return true;
}

void RecentFailures::TakeTextsFrom(const RecentFailures& others) {
  for (FailedJob& failure : failures_) {
    const auto known = std::ranges::find(others.failures_, failure.id, &FailedJob::id);
    if (known == others.failures_.end()) continue;
    failure.error = known->error;
    failure.link = known->link;
  }
  view_.reset();
}

const Shared<FailedJob>& RecentFailures::View() {
  if (!view_)
    view_ = std::make_shared<const std::vector<FailedJob>>(failures_.rbegin(), failures_.rend());
  return view_;
}

}  // namespace xplenty
