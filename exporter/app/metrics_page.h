#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <prometheus/registry.h>

#include "app/account_page.h"
#include "app/followed_snapshot.h"
#include "base/mutex.h"
#include "base/rope.h"
#include "collector/process_families.h"
#include "exposition/format.h"
#include "exposition/segment_run.h"
#include "exposition/snapshot.h"

namespace xplenty {

struct MetricsPageOptions {
  bool created_timestamps = false;
  // Grows whenever a metric of the registry changes, after it has; none: none does.
  std::function<uint64_t()> registry_changes{};
};

// The exposition: the parts of accounts and the registry of the program, which are put together
// once for each change of any of them, and process_*, which are for each scrape. Safe from any
// thread.
class MetricsPage {
 public:
  // The registry must outlive this.
  explicit MetricsPage(const prometheus::Registry& registry, MetricsPageOptions options = {})
      : registry_(registry), options_(std::move(options)) {}

  using Parts = std::vector<std::shared_ptr<const AccountPage::Part>>;
  enum class Coding { kIdentity, kGzip };
  enum class Program {
    kNone,            // the accounts alone
    kWithoutProcess,  // not process_*
    kAll,
  };
  Rope Render(const Parts& accounts, Format format, Coding coding, Program program) const;

  // Since when the program runs, for counters that begin with it; none: it is not told.
  std::optional<double> created() const;

 private:
  struct Joined {
    Parts accounts;                            // that it shows
    std::shared_ptr<const Snapshot> registry;  // likewise; null: none
    std::shared_ptr<const SegmentRun> run;
  };

  std::shared_ptr<const SegmentRun> Join(const Parts& accounts, Format format,
                                         Program program) const;
  std::string RenderProcess(Format format, Program program) const;

  const prometheus::Registry& registry_;
  const MetricsPageOptions options_;
  const ProcessCollector process_;
  mutable Mutex mutex_;
  mutable FollowedSnapshot registry_snapshot_ GUARDED_BY(mutex_);
  mutable std::array<Joined, kFormatCount> joined_ GUARDED_BY(mutex_);  // what was last asked for
};

}  // namespace xplenty
