#pragma once

#include <map>
#include <string>

#include <prometheus/metric_type.h>

namespace xplenty {

// The families of an account that has everything, with default settings. Dashboards and alerts
// depend on these names.
inline std::map<std::string, prometheus::MetricType> ExporterNames() {
  using enum prometheus::MetricType;
  return {{"xplenty_jobs", Gauge},
          {"xplenty_job_progress_ratio", Gauge},
          {"xplenty_job_oldest_running_start_timestamp_seconds", Gauge},
          {"xplenty_job_oldest_waiting_creation_timestamp_seconds", Gauge},
          {"xplenty_job_unfinished_output_records", Gauge},
          {"xplenty_jobs_finished", Counter},
          {"xplenty_job_output_records", Counter},
          {"xplenty_job_runtime_seconds", Histogram},
          {"xplenty_job_wait_seconds", Histogram},
          {"xplenty_package_last_success_timestamp_seconds", Gauge},
          {"xplenty_package_last_failure_timestamp_seconds", Gauge},
          {"xplenty_package_last_finish_timestamp_seconds", Gauge},
          {"xplenty_package_last_status", Gauge},
          {"xplenty_package_consecutive_failures", Gauge},
          {"xplenty_package_last_success_runtime_seconds", Gauge},
          {"xplenty_package_last_success_output_records", Gauge},
          {"xplenty_package_info", Gauge},
          {"xplenty_cluster_info", Gauge},
          {"xplenty_exporter_watermark_timestamp_seconds", Gauge},
          {"xplenty_exporter_count_from_timestamp_seconds", Gauge},
          {"xplenty_exporter_tracked_jobs", Gauge},
          {"xplenty_exporter_tracked_series", Gauge},
          {"xplenty_exporter_max_series", Gauge},
          {"xplenty_exporter_series_created", Counter},
          {"xplenty_exporter_series_evicted", Counter},
          {"xplenty_exporter_job_anomalies", Counter},
          {"xplenty_exporter_overflow_jobs", Counter}};
}

// The families of single jobs, which are off by default.
inline std::map<std::string, prometheus::MetricType> PerJobNames() {
  using enum prometheus::MetricType;
  return {{"xplenty_job_info", Gauge},
          {"xplenty_running_job_progress_ratio", Gauge},
          {"xplenty_exporter_unlisted_jobs", Gauge}};
}

}  // namespace xplenty
