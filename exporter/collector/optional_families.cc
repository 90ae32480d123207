#include "collector/optional_families.h"

#include <algorithm>
#include <span>

#include "collector/samples.h"

namespace xplenty {
namespace {

using prometheus::MetricType;

// The oldest, since jobs are in the order of their ids.
std::span<const UnfinishedJob> ListedJobs(const AccountView& view, const CollectOptions& options) {
  if (!options.per_job || !view.state_current) return {};
  return std::span(*view.unfinished)
      .first(std::min<uint64_t>(view.unfinished->size(), *options.per_job));
}

Labels JobLabels(const AccountView& view, const UnfinishedJob& job) {
  return With(SeriesLabelsOf(view, job.package, job.cluster), "job_id", std::to_string(job.id));
}

void JobInfo(const AccountView& view, const CollectOptions& options, Samples& samples) {
  for (const UnfinishedJob& job : ListedJobs(view, options)) {
    samples.push_back(Gauge(WithStatus(JobLabels(view, job), job.status), 1.0));
  }
}

void RunningJobProgress(const AccountView& view, const CollectOptions& options, Samples& samples) {
  for (const UnfinishedJob& job : ListedJobs(view, options)) {
    if (job.started_at && job.progress) {
      samples.push_back(Gauge(JobLabels(view, job), *job.progress));
    }
  }
}

void UnlistedJobs(const AccountView& view, const CollectOptions& options, Samples& samples) {
  if (!options.per_job || !view.state_current) return;
  const size_t unlisted = view.unfinished->size() - ListedJobs(view, options).size();
  samples.push_back(Gauge(AccountLabels(view), static_cast<double>(unlisted)));
}

void ExpectedInterval(const AccountView& view, const CollectOptions& options, Samples& samples) {
  for (const auto& [package, interval] : options.expected_intervals) {
    samples.push_back(
        Gauge(PackageLabels(view, package), std::chrono::duration<double>(interval).count()));
  }
}

}  // namespace

const std::vector<OptionalFamilySpec>& OptionalFamilies() {
  static const std::vector<OptionalFamilySpec> families = {
      {{"xplenty_job_info", MetricType::Gauge,
        "An unfinished job and its status: always 1 (if per-job series are on).", nullptr},
       JobInfo},
      {{"xplenty_running_job_progress_ratio", MetricType::Gauge,
        "Progress, 0 to 1, of an unfinished job that has started (if per-job series are on).",
        nullptr},
       RunningJobProgress},
      {{"xplenty_exporter_unlisted_jobs", MetricType::Gauge,
        "Unfinished jobs beyond those that per-job series show.", nullptr},
       UnlistedJobs},
      {{"xplenty_package_expected_interval_seconds", MetricType::Gauge,
        "How often the package should succeed, by the config.", nullptr},
       ExpectedInterval},
  };
  return families;
}

}  // namespace xplenty
