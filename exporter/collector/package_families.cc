#include "collector/package_families.h"

#include "collector/samples.h"

namespace xplenty {
namespace {

using prometheus::MetricType;

template <typename Append>
void ForEachPackage(const AccountView& view, Append append) {
  if (!view.counted) return;
  for (const PackageView& package : view.packages)
    append(package, PackageLabels(view, package.package));
}

void LastSuccess(const AccountView& view, Samples& samples) {
  ForEachPackage(view, [&](const PackageView& package, const Labels& labels) {
    if (package.last_success) samples.push_back(Gauge(labels, package.last_success->time));
  });
}

void LastFailure(const AccountView& view, Samples& samples) {
  ForEachPackage(view, [&](const PackageView& package, const Labels& labels) {
    if (package.last_failure) samples.push_back(Gauge(labels, *package.last_failure));
  });
}

void LastFinish(const AccountView& view, Samples& samples) {
  ForEachPackage(view, [&](const PackageView& package, const Labels& labels) {
    samples.push_back(Gauge(labels, package.last_finish));
  });
}

void LastStatus(const AccountView& view, Samples& samples) {
  ForEachPackage(view, [&](const PackageView& package, const Labels& labels) {
    for (const JobStatus status : kFinishedStatuses) {
      samples.push_back(
          Gauge(WithStatus(labels, status), package.last_status == status ? 1.0 : 0.0));
    }
  });
}

void ConsecutiveFailures(const AccountView& view, Samples& samples) {
  ForEachPackage(view, [&](const PackageView& package, const Labels& labels) {
    samples.push_back(Gauge(labels, static_cast<double>(package.consecutive_failures)));
  });
}

void LastSuccessRuntime(const AccountView& view, Samples& samples) {
  ForEachPackage(view, [&](const PackageView& package, const Labels& labels) {
    if (package.last_success && package.last_success->runtime_seconds) {
      samples.push_back(Gauge(labels, static_cast<double>(*package.last_success->runtime_seconds)));
    }
  });
}

void LastSuccessRecords(const AccountView& view, Samples& samples) {
  ForEachPackage(view, [&](const PackageView& package, const Labels& labels) {
    if (package.last_success) {
      samples.push_back(Gauge(labels, static_cast<double>(package.last_success->records)));
    }
  });
}

// A name's id, or an id's name.
void Infos(const AccountView& view, const LabelInfos& infos, const LabelRule& rule,
           const std::string& what, Samples& samples) {
  if (!view.counted) return;
  const std::string behind = what + (rule.value == LabelValue::kId ? "_name" : "_id");
  for (const auto& [label, info] : infos) {
    samples.push_back(Gauge(With(With(AccountLabels(view), rule.name, label), behind, info), 1.0));
  }
}

void PackageInfo(const AccountView& view, Samples& samples) {
  Infos(view, view.packages_info, view.labels.package, "package", samples);
}

void ClusterInfo(const AccountView& view, Samples& samples) {
  Infos(view, view.clusters_info, view.labels.cluster, "cluster", samples);
}

}  // namespace

const std::vector<FamilySpec>& PackageFamilies() {
  static const std::vector<FamilySpec> families = {
      {"xplenty_package_last_success_timestamp_seconds", MetricType::Gauge,
       "When the latest completed job of the package finished, in Unix time.", LastSuccess},
      {"xplenty_package_last_failure_timestamp_seconds", MetricType::Gauge,
       "When the latest failed job of the package finished, in Unix time.", LastFailure},
      {"xplenty_package_last_finish_timestamp_seconds", MetricType::Gauge,
       "When the latest job of the package finished, however it did, in Unix time.", LastFinish},
      {"xplenty_package_last_status", MetricType::Gauge,
       "How the latest finished job of the package ended: 1 for that status, 0 for the others.",
       LastStatus},
      {"xplenty_package_consecutive_failures", MetricType::Gauge,
       "Failed jobs of the package since its last completed one.", ConsecutiveFailures},
      {"xplenty_package_last_success_runtime_seconds", MetricType::Gauge,
       "Runtime of the latest completed job of the package.", LastSuccessRuntime},
      {"xplenty_package_last_success_output_records", MetricType::Gauge,
       "Records that the latest completed job of the package wrote.", LastSuccessRecords},
      {"xplenty_package_info", MetricType::Gauge,
       "What is behind a package's label: always 1; the highest id where several share a name.",
       PackageInfo},
      {"xplenty_cluster_info", MetricType::Gauge,
       "What is behind a cluster's label: always 1; the highest id where several share a name.",
       ClusterInfo},
  };
  return families;
}

}  // namespace xplenty
