#include "ledger/series.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "model/job.h"

namespace xplenty {
namespace {

size_t Index(JobStatus status) {
  return static_cast<size_t>(status);
}

void Lower(std::optional<Timestamp>& earliest, std::optional<Timestamp> seen) {
  if (seen && (!earliest || *seen < *earliest)) earliest = seen;
}

void AddSaturating(uint64_t& total, int64_t amount) {
  const auto addend = static_cast<uint64_t>(amount);
  total = addend > std::numeric_limits<uint64_t>::max() - total
              ? std::numeric_limits<uint64_t>::max()
              : total + addend;
}

JobExemplar ExemplarOf(const FinishedJob& job) {
  return {.job_id = job.id, .seconds = *job.runtime_seconds, .finished_at = job.finished_at};
}

}  // namespace

void CountJob(const FinishedJob& job, JobCounters& counters) {
  const size_t status = FinishedIndex(*job.counted_as);
  ++counters.finished[status];
  if (job.runtime_seconds) {
    counters.runtime[status].Observe(*job.runtime_seconds);
    counters.runtime[status].OfferExemplar(ExemplarOf(job));
  }
  if (job.wait_seconds) counters.wait.Observe(*job.wait_seconds);
  AddSaturating(counters.records, TotalRecords(job));
}

Series::Series(SeriesLabels labels, const JobCounters& counters)
    : labels_(std::move(labels)), counters_(counters) {}

void Series::Count(const FinishedJob& job, const FinishedJob* previous) {
  activity_.RecordEvent(job.finished_at);
  if (!job.counted_as) return;
  view_.reset();
  if (previous == nullptr) return CountJob(job, counters_);
  if (job.runtime_seconds) {
    counters_.runtime[FinishedIndex(*job.counted_as)].OfferExemplar(ExemplarOf(job));
  }
  AddSaturating(counters_.records, TotalRecords(job) - TotalRecords(*previous));
}

bool Series::NeedsExemplars(const FinishedJob& previous, const FinishedJob& after) const {
  return after.counted_as && after.runtime_seconds && after.finished_at < previous.finished_at &&
         counters_.runtime[FinishedIndex(*after.counted_as)].Shows(after.id,
                                                                   *after.runtime_seconds);
}

void Series::ReplaceExemplars(const JobCounters& computed) {
  view_.reset();
  for (size_t i = 0; i < computed.runtime.size(); ++i) {
    counters_.runtime[i].TakeExemplars(computed.runtime[i]);
  }
}

bool Series::HasJobs() const {
  return !unfinished_.empty() ||
         std::ranges::any_of(recent_, [](uint64_t jobs) { return jobs > 0; });
}

void Series::AddRecent(JobStatus status, int delta) {
  recent_[Index(status)] += static_cast<uint64_t>(static_cast<int64_t>(delta));
  view_.reset();
}

void Series::SetUnfinished(const UnfinishedJob& job) {
  unfinished_[job.id] = &job;
  view_.reset();
}

void Series::RemoveUnfinished(int64_t id) {
  unfinished_.erase(id);
  view_.reset();
}

bool Series::ShowsZero() const {
  const JobCounters& shown = frozen_ ? *frozen_ : counters_;
  return std::ranges::all_of(shown.finished, [](uint64_t jobs) { return jobs == 0; });
}

void Series::Freeze() {
  frozen_ = std::make_unique<const JobCounters>(counters_);
}

void Series::Unfreeze() {
  frozen_.reset();
  view_.reset();
}

const std::shared_ptr<const SeriesView>& Series::View(uint64_t version) {
  activity_.RecordView(version);
  if (!view_) view_ = std::make_shared<const SeriesView>(Build());
  return view_;
}

SeriesView Series::Build() const {
  SeriesView view{.package = labels_.package,
                  .cluster = labels_.cluster,
                  .counters = frozen_ ? *frozen_ : counters_,
                  .jobs = recent_,
                  .started = {},
                  .oldest_waiting_creation = {}};
  uint64_t with_progress = 0;
  double progress = 0;
  int64_t records = 0;
  std::optional<Timestamp> oldest_start;
  for (const auto& [id, job] : unfinished_) {
    ++view.jobs[Index(job->status)];
    if (job->started_at) {
      if (job->progress) ++with_progress;
      progress += job->progress.value_or(0);
      records = SaturatingSum(records, job->records);
      Lower(oldest_start, job->started_at);
    } else {
      Lower(view.oldest_waiting_creation, job->created_at);
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
