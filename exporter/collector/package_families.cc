#include "collector/package_families.h"

namespace xplenty {

using prometheus::MetricType;

const std::vector<FamilySpec<PackageView>>& PackageFamilies() {
  static const std::vector<FamilySpec<PackageView>> families = {
      {"xplenty_package_last_success_timestamp_seconds", MetricType::Gauge,
       "When the latest completed job of the package finished, in Unix time; absent before the "
       "first one.",
       [](const PackageView& package, size_t) {
         return package.last_success ? Gauge(package.last_success->finished_at) : std::nullopt;
       },
       kWhileCounted},
      {"xplenty_package_last_failure_timestamp_seconds", MetricType::Gauge,
       "When the latest failed job of the package finished, in Unix time; absent before the first "
       "one.",
       [](const PackageView& package, size_t) { return Gauge(package.last_failure); },
       kWhileCounted},
      {"xplenty_package_last_finish_timestamp_seconds", MetricType::Gauge,
       "When the latest job of the package finished, with any status, in Unix time; absent before "
       "the first one.",
       [](const PackageView& package, size_t) { return Gauge(package.last_finish); },
       kWhileCounted},
      {"xplenty_package_last_status", MetricType::Gauge,
       "How the latest finished job of the package ended: 1 for that status, 0 for the others.",
       [](const PackageView& package, size_t finished) {
         return Gauge(package.last_status == kFinishedStatuses[finished] ? 1 : 0);
       },
       kWhileCounted, &ByFinishedStatus()},
      {"xplenty_package_consecutive_failures", MetricType::Gauge,
       "Failed jobs of the package since its last completed one; stopped jobs do not change it.",
       [](const PackageView& package, size_t) { return Gauge(package.consecutive_failures); },
       kWhileCounted},
      {"xplenty_package_last_success_runtime_seconds", MetricType::Gauge,
       "Runtime of the latest completed job of the package; absent if it has none.",
       [](const PackageView& package, size_t) {
         return package.last_success ? Gauge(package.last_success->runtime_seconds) : std::nullopt;
       },
       kWhileCounted},
      {"xplenty_package_last_success_output_records", MetricType::Gauge,
       "Records that the latest completed job of the package wrote.",
       [](const PackageView& package, size_t) {
         return package.last_success ? Gauge(package.last_success->records) : std::nullopt;
       },
       kWhileCounted},
  };
  return families;
}

const std::vector<FamilySpec<LabelInfo>>& PackageInfoFamilies() {
  static const std::vector<FamilySpec<LabelInfo>> families = {
      {"xplenty_package_info", MetricType::Gauge,
       "Always 1; the id of the package with this name, the highest where several share it; or the "
       "latest name, if the label is the id.",
       [](const LabelInfo&, size_t) { return Gauge(1); }, kWhileCounted},
  };
  return families;
}

const std::vector<FamilySpec<LabelInfo>>& ClusterInfoFamilies() {
  static const std::vector<FamilySpec<LabelInfo>> families = {
      {"xplenty_cluster_info", MetricType::Gauge,
       "Always 1; the id of the cluster with this name, the highest where several share it; or the "
       "latest name, if the label is the id.",
       [](const LabelInfo&, size_t) { return Gauge(1); }, kWhileCounted},
  };
  return families;
}

}  // namespace xplenty
