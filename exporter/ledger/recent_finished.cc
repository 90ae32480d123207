#include "ledger/recent_finished.h"

#include <algorithm>
#include <functional>

namespace xplenty {

const Series* RecentFinished::Enter(Series& series, const FinishedJob& job) {
  const auto [known, fresh] = jobs_.try_emplace(job.id);
  Entry& recent = known->second;
  const Series* const previous = recent.series;
  if (!fresh) recent.series->AddRecent(recent.status, -1);
  if (IsBefore(job.finished_at)) {
    jobs_.erase(known);
    return previous;
  }
  const bool moves = fresh || recent.finished_at != job.finished_at;
  recent = {.series = &series, .finished_at = job.finished_at, .status = job.status};
  series.AddRecent(job.status, +1);
  if (moves) {
    finishes_.emplace_back(job.finished_at, job.id);
    std::ranges::push_heap(finishes_, std::greater());
    DropSpentFinishes();
  }
  return previous;
}

const Series* RecentFinished::Leave(int64_t id) {
  const auto job = jobs_.find(id);
  if (job == jobs_.end()) return nullptr;
  Series* const series = job->second.series;
  series->AddRecent(job->second.status, -1);
  jobs_.erase(job);
  return series;
}

std::vector<const Series*> RecentFinished::SetTime(Timestamp now) {
  edge_ = now - lookback_;
  std::vector<const Series*> left;
  while (!finishes_.empty() && IsBefore(finishes_.front().first)) {
    const auto [time, id] = finishes_.front();
    std::ranges::pop_heap(finishes_, std::greater());
    finishes_.pop_back();
    const auto job = jobs_.find(id);
    if (job != jobs_.end() && job->second.finished_at == time) left.push_back(Leave(id));
  }
  return left;
}

// A job may come and go without end long before its time is past.
void RecentFinished::DropSpentFinishes() {
  constexpr size_t kFew = 1000;
  if (finishes_.size() < 2 * jobs_.size() + kFew) return;
  finishes_.clear();
  for (const auto& [id, job] : jobs_) finishes_.emplace_back(job.finished_at, id);
  std::ranges::make_heap(finishes_, std::greater());
}

}  // namespace xplenty
