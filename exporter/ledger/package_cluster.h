#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/account_view.h"
#include "model/job.h"

namespace xplenty {

// One package on one cluster, as the API names them. Two of them may have the same label values, as
// a package that is deleted and made again gets another id. Names are empty if the API gives none.
struct PackageCluster {
  std::optional<int64_t> package_id;
  std::optional<int64_t> cluster_id;
  std::string package_name;
  std::string cluster_name;
  friend auto operator<=>(const PackageCluster&, const PackageCluster&) = default;
};

// The label values of one series. A value is empty where its label is left out, or replaced by
// nothing.
struct SeriesLabels {
  std::string package;
  std::string cluster;
  friend auto operator<=>(const SeriesLabels&, const SeriesLabels&) = default;
};

// Where a job is counted that its own series has no room for (promise P9). The ledger stores the
// numbers: append, never renumber.
enum class Fold : uint8_t {
  kNone,     // In the series of its package and cluster.
  kPackage,  // Under package="other", cluster="other".
  kCluster,  // Under its package and cluster="other".
};

// Returns the package and the cluster of a job.
PackageCluster PackageClusterOf(const Job& job);

// Returns the package's name, or its id if it has no name: filters match it, not the labels.
std::string PackageNameOf(const PackageCluster& names);

// Returns the value of a label before LabelRule::replace: the name or the id by its source, and the
// other one where the API does not give it.
std::string UnreplacedLabel(LabelValue value, const std::string& name, std::optional<int64_t> id);

// Returns the labels of the series of a package on a cluster.
SeriesLabels LabelsOf(const PackageCluster& names, const LabelScheme& scheme);

// Returns the labels of the series in which jobs are counted whose package is folded.
SeriesLabels OverflowLabels(const LabelScheme& scheme);

// Returns the labels of the series in which a job is counted. `own`: LabelsOf() its package and
// cluster; `overflow`: OverflowLabels().
SeriesLabels FoldedLabels(const SeriesLabels& own, const SeriesLabels& overflow, Fold fold);

}  // namespace xplenty
