#include "collector/package_families.h"

namespace xplenty {
namespace {

using prometheus::MetricType;

constexpr auto kCounted = &ViewFrame::counted;

void LastSuccess(const PackageView& package, const Labels& labels, Samples& samples) {
  if (package.last_success) samples.push_back(Gauge(labels, package.last_success->time));
}

void LastFailure(const PackageView& package, const Labels& labels, Samples& samples) {
  if (package.last_failure) samples.push_back(Gauge(labels, *package.last_failure));
}

void LastFinish(const PackageView& package, const Labels& labels, Samples& samples) {
  samples.push_back(Gauge(labels, package.last_finish));
}

void LastStatus(const PackageView& package, const Labels& labels, Samples& samples) {
  for (const JobStatus status : kFinishedStatuses) {
    samples.push_back(Gauge(WithStatus(labels, status), package.last_status == status ? 1.0 : 0.0));
  }
}

void ConsecutiveFailures(const PackageView& package, const Labels& labels, Samples& samples) {
  samples.push_back(Gauge(labels, static_cast<double>(package.consecutive_failures)));
}

void LastSuccessRuntime(const PackageView& package, const Labels& labels, Samples& samples) {
  if (package.last_success && package.last_success->runtime_seconds) {
    samples.push_back(Gauge(labels, static_cast<double>(*package.last_success->runtime_seconds)));
  }
}

void LastSuccessRecords(const PackageView& package, const Labels& labels, Samples& samples) {
  if (package.last_success) {
    samples.push_back(Gauge(labels, static_cast<double>(package.last_success->records)));
  }
}

void Info(const LabelInfo& /*info*/, const Labels& labels, Samples& samples) {
  samples.push_back(Gauge(labels, 1.0));
}

}  // namespace

const std::vector<FamilySpec<PackageView>>& PackageFamilies() {
  static const std::vector<FamilySpec<PackageView>> families = {
      {"xplenty_package_last_success_timestamp_seconds", MetricType::Gauge,
       "When the latest completed job of the package finished, in Unix time; absent before the "
       "first one.",
       LastSuccess, kCounted},
      {"xplenty_package_last_failure_timestamp_seconds", MetricType::Gauge,
       "When the latest failed job of the package finished, in Unix time; absent before the first "
       "one.",
       LastFailure, kCounted},
      {"xplenty_package_last_finish_timestamp_seconds", MetricType::Gauge,
       "When the latest job of the package finished, with any status, in Unix time; absent before "
       "the first one.",
       LastFinish, kCounted},
      {"xplenty_package_last_status", MetricType::Gauge,
       "How the latest finished job of the package ended: 1 for that status, 0 for the others.",
       LastStatus, kCounted},
      {"xplenty_package_consecutive_failures", MetricType::Gauge,
       "Failed jobs of the package since its last completed one; stopped jobs do not change it.",
       ConsecutiveFailures, kCounted},
      {"xplenty_package_last_success_runtime_seconds", MetricType::Gauge,
       "Runtime of the latest completed job of the package; absent if it has none.",
       LastSuccessRuntime, kCounted},
      {"xplenty_package_last_success_output_records", MetricType::Gauge,
       "Records that the latest completed job of the package wrote.", LastSuccessRecords, kCounted},
  };
  return families;
}

const std::vector<FamilySpec<LabelInfo>>& PackageInfoFamilies() {
  static const std::vector<FamilySpec<LabelInfo>> families = {
      {"xplenty_package_info", MetricType::Gauge,
       "Always 1; the id of the package with this name, the highest where several share it; or the "
       "latest name, if the label is the id.",
       Info, kCounted},
  };
  return families;
}

const std::vector<FamilySpec<LabelInfo>>& ClusterInfoFamilies() {
  static const std::vector<FamilySpec<LabelInfo>> families = {
      {"xplenty_cluster_info", MetricType::Gauge,
       "Always 1; the id of the cluster with this name, the highest where several share it; or the "
       "latest name, if the label is the id.",
       Info, kCounted},
  };
  return families;
}

}  // namespace xplenty
