#include "ledger/series.h"

#include <algorithm>
#include <utility>

namespace xplenty {
namespace {

size_t Index(JobStatus status) {
  return static_cast<size_t>(status);
}

void Lower(std::optional<Timestamp>& earliest, std::optional<Timestamp> seen) {
  if (seen && (!earliest || *seen < *earliest)) earliest = seen;
}

}  // namespace

LiveJob LiveJobOf(const Job& job) {
  return {.status = job.status,
          .progress = job.progress,
          .created_at = job.created_at,
          .started_at = job.started_at,
          .updated_at = job.updated_at,
          .records = TotalRecords(job),
          .link = job.link};
}

Series::Series(SeriesLabels labels, const JobCounters& zero)
    : labels_(std::move(labels)), counters_(zero) {}

JobCounters& Series::counters() {
  view_.reset();
  return counters_;
}

void Series::NoteActivity(Timestamp time) {
  last_activity_ = std::max(last_activity_, time);
}

bool Series::SetLive(int64_t id, const LiveJob& job) {
  const auto [known, inserted] = live_.try_emplace(id, job);
  if (!inserted && known->second == job) return false;
  known->second = job;
  view_.reset();
  return true;
}

void Series::EraseLive(int64_t id) {
  live_.erase(id);
  view_.reset();
}

void Series::AddFinished(JobStatus status, int delta) {
  finished_[Index(status)] += static_cast<uint64_t>(static_cast<int64_t>(delta));
  view_.reset();
}

void Series::Hold() {
  held_ = std::make_unique<const JobCounters>(counters_);
}

void Series::Release() {
  held_.reset();
  view_.reset();
}

const std::shared_ptr<const SeriesView>& Series::View() {
  if (!view_) view_ = std::make_shared<const SeriesView>(Build());
  return view_;
}

SeriesView Series::Build() const {
  SeriesView view{.package = labels_.first,
                  .cluster = labels_.second,
                  .counters = held_ ? *held_ : counters_,
                  .jobs = finished_,
                  .started = {},
                  .oldest_waiting_creation = {}};
  uint64_t with_progress = 0;
  double progress = 0;
  int64_t records = 0;
  std::optional<Timestamp> oldest_start;
  for (const auto& [id, job] : live_) {
    ++view.jobs[Index(job.status)];
    if (job.started_at) {
      if (job.progress) ++with_progress;
      progress += job.progress.value_or(0);
      records = SaturatingSum(records, job.records);
      Lower(oldest_start, job.started_at);
    } else {
      Lower(view.oldest_waiting_creation, job.created_at);
    }
  }
  if (oldest_start) {
    view.started =
        StartedJobs{.mean_progress = {}, .oldest_start = *oldest_start, .records = records};
    if (with_progress > 0) {
      view.started->mean_progress = progress / static_cast<double>(with_progress);
    }
  }
  return view;
}

}  // namespace xplenty
