#include "ledger/package_cluster.h"

namespace xplenty {
namespace {

std::string Label(const LabelRule& rule, const std::string& name, std::optional<int64_t> id) {
  if (rule.value == LabelValue::kNone) return {};
  return rule.replace.Apply(UnreplacedLabel(rule.value, name, id));
}

}  // namespace

std::string UnreplacedLabel(LabelValue value, const std::string& name, std::optional<int64_t> id) {
  if (value == LabelValue::kNone) return {};
  const bool by_id = id && (value == LabelValue::kId || name.empty());
  if (by_id) return std::to_string(*id);
  return name.empty() ? "unknown" : name;
}

PackageCluster PackageClusterOf(const Job& job) {
  return {.package_id = job.package_id,
          .cluster_id = job.cluster_id,
          .package_name = job.package_name,
          .cluster_name = job.cluster_name};
}

std::string PackageNameOf(const PackageCluster& names) {
  return UnreplacedLabel(LabelValue::kName, names.package_name, names.package_id);
}

SeriesLabels LabelsOf(const PackageCluster& names, const LabelScheme& scheme) {
  return {.package = Label(scheme.package, names.package_name, names.package_id),
          .cluster = Label(scheme.cluster, names.cluster_name, names.cluster_id)};
}

SeriesLabels OverflowLabels(const LabelScheme& scheme) {
  const auto label = [](const LabelRule& rule) {
    return rule.value == LabelValue::kNone ? "" : "other";
  };
  return {.package = label(scheme.package), .cluster = label(scheme.cluster)};
}

SeriesLabels FoldedLabels(const SeriesLabels& own, const SeriesLabels& overflow, Fold fold) {
  if (fold == Fold::kNone) return own;
  if (fold == Fold::kPackage) return overflow;
  return {.package = own.package, .cluster = overflow.cluster};
}

}  // namespace xplenty
