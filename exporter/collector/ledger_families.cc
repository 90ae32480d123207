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
      {"xplenty_exporter_max_series", MetricType::Gauge,
       "The most that xplenty_exporter_tracked_series may be: --metrics.max-series.",
       [](const AccountView& view, size_t) { return Gauge(view.max_series); }},
      {"xplenty_exporter_series_created", MetricType::Counter,
       "Series of packages and clusters that were never seen before, counted as "
       "xplenty_exporter_tracked_series; without those of the first refresh of a ledger.",
       [](const AccountView& view, size_t) { return Counter(view.created_series); }},
      {"xplenty_exporter_series_evicted", MetricType::Counter,
       "Series of idle packages and clusters that were retired early to make room for others, "
       "counted as xplenty_exporter_tracked_series.",
       [](const AccountView& view, size_t) { return Counter(view.evicted_series); }},
      {"xplenty_exporter_job_anomalies", MetricType::Counter,
       "Jobs with odd data, once per reason: malformed, unknown_status, missing_time, reopened, "
       "records_decreased, vanished; packages without room: package_folded.",
       [](const AccountView& view, size_t reason) { return Counter(view.anomalies[reason]); },
       nullptr, &ByReason()},
      {"xplenty_exporter_overflow_jobs", MetricType::Counter,
       "Finished jobs without room under --metrics.max-series: counted under cluster=\"other\" of "
       "their package, or under package=\"other\", cluster=\"other\".",
       [](const AccountView& view, size_t) { return Counter(view.overflow_jobs); }},
  };
  return families;
}

}  // namespace xplenty
