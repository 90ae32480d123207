#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "collector/collector.h"
#include "exposition/encoded_families.h"
#include "exposition/metric_family.h"
#include "model/account_view.h"

namespace xplenty {

// Metrics that the exporter counts itself. Both functions are safe from any thread.
struct OwnMetrics {
  std::function<std::vector<MetricFamily>()> collect;
  std::function<uint64_t()> changes;  // grows with each change of a metric, after it
  std::optional<double> created{};    // Unix time since which they count; empty: not exposed
};

// What one source exposes at one moment. Immutable.
struct SourceFamilies {
  std::shared_ptr<const AccountView> view{};  // null where Update() has not been called
  EncodedSources of_view{};                   // of each block of the view, by list
  std::shared_ptr<const EncodedFamilies> own_metrics{};
};

// One source of the exposition: an account, or the program itself, which has no view. A block that
// two views share is encoded once for both; the source's own metrics are encoded again once they
// have changed. Nothing is encoded before a scrape asks for it. Safe from any thread.
class ExpositionSource {
 public:
  explicit ExpositionSource(OwnMetrics metrics, CollectOptions options = {});

  // Exposes `view`, which is not null, from now on.
  void Update(std::shared_ptr<const AccountView> view);

  // Returns what is exposed now; the same pointer as long as nothing changes.
  std::shared_ptr<const SourceFamilies> Latest();

 private:
  // By the block that was encoded, which the families keep alive.
  using FamiliesByBlock = std::map<const void*, std::shared_ptr<const EncodedFamilies>>;

  const OwnMetrics metrics_;
  const CollectOptions options_;
  Mutex mutex_;
  std::shared_ptr<const SourceFamilies> latest_ GUARDED_BY(mutex_);
  std::shared_ptr<const ViewHeader> header_ GUARDED_BY(mutex_);  // of the latest view
  FamiliesByBlock by_block_ GUARDED_BY(mutex_);                  // of the latest view
  uint64_t changes_ GUARDED_BY(mutex_) = 0;  // that the latest own metrics include
};

}  // namespace xplenty
