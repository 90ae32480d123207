#include "ledger/recent_failures.h"

#include <algorithm>

namespace xplenty {

void RecentFailures::Add(const std::pair<std::string, std::string>& labels,
                         const FinishedJob& job) {
  const auto finish_of = [](const FailedJob& failure) {
    return std::pair(failure.finished_at, failure.id);
  };
  FailedJob failure{.id = job.id,
                    .package = labels.first,
                    .cluster = labels.second,
                    .finished_at = job.finished_at,
                    .runtime_seconds = job.runtime_seconds,
                    .error = {},
                    .link = {}};
  const auto known = std::ranges::find(failures_, job.id, &FailedJob::id);
  if (known != failures_.end()) {
    failure.error = known->error;
    failure.link = known->link;
    Remove(job.id);
  }
  const bool full = failures_.size() == kMaxRecentFailures;
  if (job.status != JobStatus::kFailed) return;
  if (full && finish_of(failure) < finish_of(failures_.back())) return;
  const auto place =
      std::ranges::upper_bound(failures_, finish_of(failure), std::greater(), finish_of);
  failures_.insert(place, std::move(failure));
  if (full) failures_.pop_back();
  view_.reset();
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

const Shared<FailedJob>& RecentFailures::View() {
  if (!view_) view_ = std::make_shared<const std::vector<FailedJob>>(failures_);
  return view_;
}

}  // namespace xplenty
