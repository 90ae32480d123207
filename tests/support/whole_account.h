#pragma once

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "collector/collector.h"

namespace xplenty {

// All families of a view that have samples, collected as one block.
inline std::vector<MetricFamily> CollectAccount(const AccountView& view,
                                                const CollectOptions& options = {}) {
  const auto whole = [](const auto& list) {
    return std::vector(list.begin(), list.end());  // as one block
  };
  std::vector<MetricFamily> all;
  for (auto families :
       {CollectSeries(view, whole(view.series), options.created_timestamps),
        CollectPackages(view, whole(view.packages)),
        CollectPackageInfos(view, whole(view.packages_info)),
        CollectClusterInfos(view, whole(view.clusters_info)), CollectLedger(view, options)}) {
    std::ranges::move(families, std::back_inserter(all));
  }
  std::erase_if(all, [](const MetricFamily& family) { return family.metric.empty(); });
  return all;
}

}  // namespace xplenty
