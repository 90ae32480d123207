#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "exposition/metric_family.h"
#include "exposition/snapshot.h"

namespace xplenty {

// Tells of what counts since when it does, in Unix time.
void SetCreated(std::vector<MetricFamily>& families, double created);

// What instruments show, collected anew once they have changed. Not thread-safe.
class FollowedSnapshot {
 public:
  // `changes`: how often they have, read before this is called: what changes while `collect` runs
  // is then collected once more. The same pointer as long as that stays.
  template <typename Collect>
  std::shared_ptr<const Snapshot> Follow(uint64_t changes, std::optional<double> created,
                                         Collect collect) {
    if (snapshot_ && changes == changes_) return snapshot_;
    std::vector<MetricFamily> families = collect();
    if (created) SetCreated(families, *created);
    snapshot_ =
        std::make_shared<const Snapshot>([families = std::move(families)] { return families; });
    changes_ = changes;
    return snapshot_;
  }

 private:
  std::shared_ptr<const Snapshot> snapshot_;
  uint64_t changes_ = 0;  // that it shows
};

}  // namespace xplenty
