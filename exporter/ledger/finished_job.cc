#include "ledger/finished_job.h"

namespace xplenty {
namespace {

std::string Label(LabelValue value, const std::string& name, std::optional<int64_t> id) {
  if (value == LabelValue::kNone) return {};
  const bool by_id = id && (value == LabelValue::kId || name.empty());
  if (by_id) return std::to_string(*id);
  return name.empty() ? "unknown" : name;
}

}  // namespace

std::string Pair::PackageLabel(LabelValue value) const {
  return Label(value, package_name, package_id);
}

std::string Pair::ClusterLabel(LabelValue value) const {
  return Label(value, cluster_name, cluster_id);
}

Pair PairOf(const Job& job) {
  return {.package_id = job.package_id,
          .cluster_id = job.cluster_id,
          .package_name = job.package_name,
          .cluster_name = job.cluster_name};
}

int64_t TotalRecords(const FinishedJob& job) {
  int64_t total = 0;
  for (const OutputRecords& output : job.outputs) total = SaturatingSum(total, output.records);
  return total;
}

}  // namespace xplenty
