#include "collector/ledger_families.h"

namespace xplenty {
namespace {

using prometheus::MetricType;

const LabelValues& ByReason() {
  static const LabelValues names{
      .label = "reason", .values = {kAnomalyReasonNames.begin(), kAnomalyReasonNames.end()}};
  return names;
}

}  // namespace

const std::vector<FamilySpec<AccountView>>& LedgerFamilies() {
  static const std::vector<FamilySpec<AccountView>> families = {
      {"xplenty_exporter_watermark_timestamp_seconds", MetricType::Gauge,
       "The highest update time of the API that has been processed completely, in Unix time.",
       [](const AccountView& view, size_t) { return Gauge(view.watermark); }},
      {"xplenty_exporter_count_from_timestamp_seconds", MetricType::Gauge,
       "Only jobs that finished at or after this time are counted, in Unix time.",
       [](const AccountView& view, size_t) { return Gauge(view.count_from); }},
      {"xplenty_exporter_tracked_jobs", MetricType::Gauge,
       "Jobs kept in memory: unfinished ones, and those that finished inside the lookback.",
       [](const AccountView& view, size_t) { return Gauge(view.tracked_jobs); }},
      {"xplenty_exporter_tracked_series", MetricType::Gauge,
       "Series of packages and clusters, as --metrics.max-series counts them: each at its largest.",
       [](const AccountView& view, size_t) { return Gauge(view.tracked_series); }},
      {"xplenty_exporter_job_anomalies", MetricType::Counter,
       "Jobs whose data had to be interpreted, once per reason: malformed, unknown_status, "
       "missing_time, reopened, records_decreased or vanished.",
       [](const AccountView& view, size_t reason) { return Counter(view.anomalies[reason]); },
       nullptr, &ByReason()},
      {"xplenty_exporter_overflow_jobs", MetricType::Counter,
       "Finished jobs counted under package=\"other\", cluster=\"other\" by the series cap.",
       [](const AccountView& view, size_t) { return Counter(view.overflow_jobs); }},
  };
  return families;
}

}  // namespace xplenty
