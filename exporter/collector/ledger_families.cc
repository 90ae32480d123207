#include "collector/ledger_families.h"

namespace xplenty {
namespace {

using prometheus::MetricType;

void Watermark(const AccountView& view, const Labels& labels, Samples& samples) {
  if (view.watermark) samples.push_back(Gauge(labels, *view.watermark));
}

void CountFrom(const AccountView& view, const Labels& labels, Samples& samples) {
  if (view.count_from) samples.push_back(Gauge(labels, *view.count_from));
}

void TrackedJobs(const AccountView& view, const Labels& labels, Samples& samples) {
  samples.push_back(Gauge(labels, static_cast<double>(view.tracked_jobs)));
}

void TrackedSeries(const AccountView& view, const Labels& labels, Samples& samples) {
  samples.push_back(Gauge(labels, static_cast<double>(view.tracked_series)));
}

void Anomalies(const AccountView& view, const Labels& labels, Samples& samples) {
  for (size_t reason = 0; reason < kAnomalyReasonCount; ++reason) {
    samples.push_back(Counter(With(labels, "reason", std::string(kAnomalyReasonNames[reason])),
                              view.anomalies[reason]));
  }
}

void OverflowJobs(const AccountView& view, const Labels& labels, Samples& samples) {
  samples.push_back(Counter(labels, view.overflow_jobs));
}

}  // namespace

const std::vector<FamilySpec<AccountView>>& LedgerFamilies() {
  static const std::vector<FamilySpec<AccountView>> families = {
      {"xplenty_exporter_watermark_timestamp_seconds", MetricType::Gauge,
       "The highest update time of the API that has been processed completely, in Unix time.",
       Watermark},
      {"xplenty_exporter_count_from_timestamp_seconds", MetricType::Gauge,
       "Only jobs that finished at or after this time are counted, in Unix time.", CountFrom},
      {"xplenty_exporter_tracked_jobs", MetricType::Gauge,
       "Jobs kept in memory: unfinished ones, and those that finished inside the lookback.",
       TrackedJobs},
      {"xplenty_exporter_tracked_series", MetricType::Gauge,
       "Series of packages and clusters, as --metrics.max-series counts them: each at its largest.",
       TrackedSeries},
      {"xplenty_exporter_job_anomalies", MetricType::Counter,
       "Jobs whose data had to be interpreted, once per reason: malformed, unknown_status, "
       "missing_time, reopened, records_decreased or vanished.",
       Anomalies},
      {"xplenty_exporter_overflow_jobs", MetricType::Counter,
       "Finished jobs counted under package=\"other\", cluster=\"other\" by the series cap.",
       OverflowJobs},
  };
  return families;
}

}  // namespace xplenty
