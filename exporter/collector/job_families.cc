#include "collector/job_families.h"

#include "collector/samples.h"

namespace xplenty {
namespace {

using prometheus::MetricType;

// Counters are shown when they are whole, the present only while it is known.
template <typename Append>
void ForEachCounted(const AccountView& view, Append append) {
  if (!view.counted) return;
  for (const auto& series : view.series)
    append(*series, SeriesLabelsOf(view, series->package, series->cluster));
}

template <typename Append>
void ForEachCurrent(const AccountView& view, Append append) {
  if (!view.state_current) return;
  for (const auto& series : view.series)
    append(*series, SeriesLabelsOf(view, series->package, series->cluster));
}

void Jobs(const AccountView& view, Samples& samples) {
  ForEachCurrent(view, [&](const SeriesView& series, const Labels& labels) {
    for (const JobStatus status : kAllStatuses) {
      samples.push_back(Gauge(WithStatus(labels, status),
                              static_cast<double>(series.jobs[static_cast<size_t>(status)])));
    }
  });
}

void Progress(const AccountView& view, Samples& samples) {
  ForEachCurrent(view, [&](const SeriesView& series, const Labels& labels) {
    if (series.started && series.started->mean_progress) {
      samples.push_back(Gauge(labels, *series.started->mean_progress));
    }
  });
}

void OldestRunningStart(const AccountView& view, Samples& samples) {
  ForEachCurrent(view, [&](const SeriesView& series, const Labels& labels) {
    if (series.started) samples.push_back(Gauge(labels, series.started->oldest_start));
  });
}

void OldestWaitingCreation(const AccountView& view, Samples& samples) {
  ForEachCurrent(view, [&](const SeriesView& series, const Labels& labels) {
    if (series.oldest_waiting_creation) {
      samples.push_back(Gauge(labels, *series.oldest_waiting_creation));
    }
  });
}

void UnfinishedOutputRecords(const AccountView& view, Samples& samples) {
  ForEachCurrent(view, [&](const SeriesView& series, const Labels& labels) {
    if (series.started) {
      samples.push_back(Gauge(labels, static_cast<double>(series.started->records)));
    }
  });
}

void Finished(const AccountView& view, Samples& samples) {
  ForEachCounted(view, [&](const SeriesView& series, const Labels& labels) {
    for (const JobStatus status : kFinishedStatuses) {
      const size_t index = FinishedIndex(status);
      samples.push_back(Counter(WithStatus(labels, status), series.counters.finished[index]));
      samples.back().exemplar = LatestExemplar(series.counters.runtime[index]);
    }
  });
}

void OutputRecords(const AccountView& view, Samples& samples) {
  ForEachCounted(view, [&](const SeriesView& series, const Labels& labels) {
    samples.push_back(Counter(labels, series.counters.records));
  });
}

void Runtime(const AccountView& view, Samples& samples) {
  ForEachCounted(view, [&](const SeriesView& series, const Labels& labels) {
    for (const JobStatus status : kFinishedStatuses) {
      samples.push_back(HistogramSample(WithStatus(labels, status),
                                        series.counters.runtime[FinishedIndex(status)]));
    }
  });
}

void Wait(const AccountView& view, Samples& samples) {
  ForEachCounted(view, [&](const SeriesView& series, const Labels& labels) {
    samples.push_back(HistogramSample(labels, series.counters.wait));
  });
}

}  // namespace

const std::vector<FamilySpec>& JobFamilies() {
  static const std::vector<FamilySpec> families = {
      {"xplenty_jobs", MetricType::Gauge,
       "Jobs by current status: all unfinished ones, and those that finished inside the lookback.",
       Jobs},
      {"xplenty_job_progress_ratio", MetricType::Gauge,
       "Mean progress, 0 to 1, of the unfinished jobs that have started.", Progress},
      {"xplenty_job_oldest_running_start_timestamp_seconds", MetricType::Gauge,
       "When the longest running unfinished job started, in Unix time.", OldestRunningStart},
      {"xplenty_job_oldest_waiting_creation_timestamp_seconds", MetricType::Gauge,
       "When the longest waiting job that has not started was created, in Unix time.",
       OldestWaitingCreation},
      {"xplenty_job_unfinished_output_records", MetricType::Gauge,
       "Records that unfinished jobs have written to their outputs so far.",
       UnfinishedOutputRecords},
      {"xplenty_jobs_finished", MetricType::Counter,
       "Jobs that finished, by how they finished; each is counted once.", Finished},
      {"xplenty_job_output_records", MetricType::Counter,
       "Records that finished jobs wrote to their outputs.", OutputRecords},
      {"xplenty_job_runtime_seconds", MetricType::Histogram,
       "Final runtime of finished jobs that had started, by how they finished.", Runtime},
      {"xplenty_job_wait_seconds", MetricType::Histogram,
       "Time from creation to start of finished jobs that had started.", Wait},
  };
  return families;
}

}  // namespace xplenty
