#include "collector/optional_families.h"

namespace xplenty {

using prometheus::MetricType;

const std::vector<FamilySpec<UnfinishedJob>>& PerJobFamilies() {
  static const std::vector<FamilySpec<UnfinishedJob>> families = {
      {"xplenty_job_info", MetricType::Gauge,
       "Always 1; an unfinished job and its status; only with --metrics.per-job.",
       [](const UnfinishedJob& job, size_t status) {
         return job.status == kAllStatuses[status] ? Gauge(1) : std::nullopt;
       },
       kWhileCurrent, &ByStatus()},
      {"xplenty_running_job_progress_ratio", MetricType::Gauge,
       "Progress, 0 to 1, of an unfinished job that has started and reports it; only with "
       "--metrics.per-job.",
       [](const UnfinishedJob& job, size_t) {
         return job.started_at ? Gauge(job.progress) : std::nullopt;
       },
       kWhileCurrent},
  };
  return families;
}

const std::vector<FamilySpec<size_t>>& UnlistedJobFamilies() {
  static const std::vector<FamilySpec<size_t>> families = {
      {"xplenty_exporter_unlisted_jobs", MetricType::Gauge,
       "Unfinished jobs beyond --metrics.max-per-job; only with --metrics.per-job.",
       [](const size_t& jobs, size_t) { return Gauge(jobs); }, kWhileCurrent},
  };
  return families;
}

const std::vector<FamilySpec<ExpectedInterval>>& ExpectedIntervalFamilies() {
  static const std::vector<FamilySpec<ExpectedInterval>> families = {
      {"xplenty_package_expected_interval_seconds", MetricType::Gauge,
       "How often the package should succeed, from expected_intervals in the config file; also for "
       "packages not seen yet.",
       [](const ExpectedInterval& expected, size_t) {
         return Gauge(std::chrono::duration<double>(expected.second).count());
       }},
  };
  return families;
}

}  // namespace xplenty
