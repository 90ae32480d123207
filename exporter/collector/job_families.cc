#include "collector/job_families.h"

namespace xplenty {

using prometheus::MetricType;

const std::vector<FamilySpec<SeriesView>>& JobFamilies() {
  static const std::vector<FamilySpec<SeriesView>> families = {
      {"xplenty_jobs", MetricType::Gauge,
       "Jobs by current status: all unfinished ones, and those that finished inside the lookback; "
       "a status without jobs is 0; absent if no status has any.",
       [](const SeriesView& series, size_t status) {
         const bool has_jobs = series.jobs != decltype(series.jobs){};
         return has_jobs ? Gauge(series.jobs[status]) : std::nullopt;
       },
       kWhileCurrent, &ByStatus()},
      {"xplenty_job_progress_ratio", MetricType::Gauge,
       "Mean progress, 0 to 1, of the unfinished jobs that have started and report it; absent "
       "without such a job.",
       [](const SeriesView& series, size_t) {
         return series.started ? Gauge(series.started->mean_progress) : std::nullopt;
       },
       kWhileCurrent},
      {"xplenty_job_oldest_running_start_timestamp_seconds", MetricType::Gauge,
       "When the longest running unfinished job started, in Unix time; absent without such a job.",
       [](const SeriesView& series, size_t) {
         return series.started ? Gauge(series.started->oldest_start) : std::nullopt;
       },
       kWhileCurrent},
      {"xplenty_job_oldest_waiting_creation_timestamp_seconds", MetricType::Gauge,
       "When the longest waiting job that has not started was created, in Unix time; absent "
       "without such a job.",
       [](const SeriesView& series, size_t) { return Gauge(series.oldest_waiting_creation); },
       kWhileCurrent},
      {"xplenty_job_unfinished_output_records", MetricType::Gauge,
       "Records that started, unfinished jobs have written to their outputs so far; absent without "
       "such a job.",
       [](const SeriesView& series, size_t) {
         return series.started ? Gauge(series.started->records) : std::nullopt;
       },
       kWhileCurrent},
      {"xplenty_jobs_finished", MetricType::Counter,
       "Finished jobs by status: completed, failed or stopped; each is counted once.",
       [](const SeriesView& series, size_t finished) {
         Sample sample = Counter(series.counters.finished[finished]);
         sample->exemplar = LatestExemplar(series.counters.runtime[finished]);
         return sample;
       },
       kWhileCounted, &ByFinishedStatus()},
      {"xplenty_job_output_records", MetricType::Counter,
       "Records that finished jobs wrote to their outputs.",
       [](const SeriesView& series, size_t) { return Counter(series.counters.records); },
       kWhileCounted},
      {"xplenty_job_runtime_seconds", MetricType::Histogram,
       "Final runtime of finished jobs that had started, by status.",
       [](const SeriesView& series, size_t finished) {
         return HistogramSample(series.counters.runtime[finished]);
       },
       kWhileCounted, &ByFinishedStatus()},
      {"xplenty_job_wait_seconds", MetricType::Histogram,
       "Time from creation to start of finished jobs that had started.",
       [](const SeriesView& series, size_t) { return HistogramSample(series.counters.wait); },
       kWhileCounted},
  };
  return families;
}

}  // namespace xplenty
