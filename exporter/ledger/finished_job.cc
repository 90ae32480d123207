#include "ledger/finished_job.h"

namespace xplenty {
namespace {

std::string Label(const std::string& name, std::optional<int64_t> id) {
  if (!name.empty()) return name;
  return id ? std::to_string(*id) : "unknown";
}

}  // namespace

std::string Pair::PackageLabel() const {
  return Label(package_name, package_id);
}

std::string Pair::ClusterLabel() const {
  return Label(cluster_name, cluster_id);
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
