#include "collector/job_families.h"

namespace xplenty {
namespace {

using prometheus::MetricType;

// Counters are shown when they are whole, the present only while it is known.
constexpr auto kCounted = &ViewFrame::counted;
constexpr auto kCurrent = &ViewFrame::state_current;

void Jobs(const SeriesView& series, const Labels& labels, Samples& samples) {
  for (const JobStatus status : kAllStatuses) {
    samples.push_back(Gauge(WithStatus(labels, status),
                            static_cast<double>(series.jobs[static_cast<size_t>(status)])));
  }
}

void Progress(const SeriesView& series, const Labels& labels, Samples& samples) {
  if (series.started && series.started->mean_progress) {
    samples.push_back(Gauge(labels, *series.started->mean_progress));
  }
}

void OldestRunningStart(const SeriesView& series, const Labels& labels, Samples& samples) {
  if (series.started) samples.push_back(Gauge(labels, series.started->oldest_start));
}

void OldestWaitingCreation(const SeriesView& series, const Labels& labels, Samples& samples) {
  if (series.oldest_waiting_creation) {
    samples.push_back(Gauge(labels, *series.oldest_waiting_creation));
  }
}

void UnfinishedOutputRecords(const SeriesView& series, const Labels& labels, Samples& samples) {
  if (series.started) {
    samples.push_back(Gauge(labels, static_cast<double>(series.started->records)));
  }
}

void Finished(const SeriesView& series, const Labels& labels, Samples& samples) {
  for (const JobStatus status : kFinishedStatuses) {
    const size_t index = FinishedIndex(status);
    samples.push_back(Counter(WithStatus(labels, status), series.counters.finished[index]));
    samples.back().exemplar = LatestExemplar(series.counters.runtime[index]);
  }
}

void OutputRecords(const SeriesView& series, const Labels& labels, Samples& samples) {
  samples.push_back(Counter(labels, series.counters.records));
}

void Runtime(const SeriesView& series, const Labels& labels, Samples& samples) {
  for (const JobStatus status : kFinishedStatuses) {
    samples.push_back(HistogramSample(WithStatus(labels, status),
                                      series.counters.runtime[FinishedIndex(status)]));
  }
}

void Wait(const SeriesView& series, const Labels& labels, Samples& samples) {
  samples.push_back(HistogramSample(labels, series.counters.wait));
}

}  // namespace

const std::vector<FamilySpec<SeriesView>>& JobFamilies() {
  static const std::vector<FamilySpec<SeriesView>> families = {
      {"xplenty_jobs", MetricType::Gauge,
       "Jobs by current status: all unfinished ones, and those that finished inside the lookback; "
       "a status without jobs is 0.",
       Jobs, kCurrent},
      {"xplenty_job_progress_ratio", MetricType::Gauge,
       "Mean progress, 0 to 1, of the unfinished jobs that have started and report it; absent "
       "without such a job.",
       Progress, kCurrent},
      {"xplenty_job_oldest_running_start_timestamp_seconds", MetricType::Gauge,
       "When the longest running unfinished job started, in Unix time; absent without such a job.",
       OldestRunningStart, kCurrent},
      {"xplenty_job_oldest_waiting_creation_timestamp_seconds", MetricType::Gauge,
       "When the longest waiting job that has not started was created, in Unix time; absent "
       "without such a job.",
       OldestWaitingCreation, kCurrent},
      {"xplenty_job_unfinished_output_records", MetricType::Gauge,
       "Records that started, unfinished jobs have written to their outputs so far; absent without "
       "such a job.",
       UnfinishedOutputRecords, kCurrent},
      {"xplenty_jobs_finished", MetricType::Counter,
       "Finished jobs by status: completed, failed or stopped; each is counted once.", Finished,
       kCounted},
      {"xplenty_job_output_records", MetricType::Counter,
       "Records that finished jobs wrote to their outputs.", OutputRecords, kCounted},
      {"xplenty_job_runtime_seconds", MetricType::Histogram,
       "Final runtime of finished jobs that had started, by status.", Runtime, kCounted},
      {"xplenty_job_wait_seconds", MetricType::Histogram,
       "Time from creation to start of finished jobs that had started.", Wait, kCounted},
  };
  return families;
}

}  // namespace xplenty
