#include "collector/optional_families.h"

#include <algorithm>
#include <span>

namespace xplenty {
namespace {

using prometheus::MetricType;

constexpr auto kCurrent = &ViewFrame::state_current;

// The oldest, since jobs are in the order of their ids.
std::span<const UnfinishedJob> ListedJobs(const ViewAndOptions& of) {
  const auto& [view, options] = of;
  if (!options.per_job) return {};
  return std::span(*view.unfinished)
      .first(std::min<uint64_t>(view.unfinished->size(), *options.per_job));
}

Labels JobLabels(const AccountView& view, const UnfinishedJob& job) {
  return With(SeriesLabelsOf(view, job.package, job.cluster), "job_id", std::to_string(job.id));
}

void JobInfo(const ViewAndOptions& of, const Labels& /*account*/, Samples& samples) {
  for (const UnfinishedJob& job : ListedJobs(of)) {
    samples.push_back(Gauge(WithStatus(JobLabels(of.view, job), job.status), 1.0));
  }
}

void RunningJobProgress(const ViewAndOptions& of, const Labels& /*account*/, Samples& samples) {
  for (const UnfinishedJob& job : ListedJobs(of)) {
    if (job.started_at && job.progress) {
      samples.push_back(Gauge(JobLabels(of.view, job), *job.progress));
    }
  }
}

void UnlistedJobs(const ViewAndOptions& of, const Labels& account, Samples& samples) {
  if (!of.options.per_job) return;
  const size_t unlisted = of.view.unfinished->size() - ListedJobs(of).size();
  samples.push_back(Gauge(account, static_cast<double>(unlisted)));
}

void ExpectedInterval(const ViewAndOptions& of, const Labels& /*account*/, Samples& samples) {
  for (const auto& [package, interval] : of.options.expected_intervals) {
    samples.push_back(
        Gauge(PackageLabels(of.view, package), std::chrono::duration<double>(interval).count()));
  }
}

}  // namespace

const std::vector<FamilySpec<ViewAndOptions>>& OptionalFamilies() {
  static const std::vector<FamilySpec<ViewAndOptions>> families = {
      {"xplenty_job_info", MetricType::Gauge,
       "Always 1; an unfinished job and its status; only with --metrics.per-job.", JobInfo,
       kCurrent},
      {"xplenty_running_job_progress_ratio", MetricType::Gauge,
       "Progress, 0 to 1, of an unfinished job that has started and reports it; only with "
       "--metrics.per-job.",
       RunningJobProgress, kCurrent},
      {"xplenty_exporter_unlisted_jobs", MetricType::Gauge,
       "Unfinished jobs beyond --metrics.max-per-job; only with --metrics.per-job.", UnlistedJobs,
       kCurrent},
      {"xplenty_package_expected_interval_seconds", MetricType::Gauge,
       "How often the package should succeed, from expected_intervals in the config file; also for "
       "packages not seen yet.",
       ExpectedInterval},
  };
  return families;
}

}  // namespace xplenty
