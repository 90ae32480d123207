#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <prometheus/registry.h>

#include "app/account_page.h"
#include "base/mutex.h"
#include "base/rope.h"
#include "collector/process_families.h"
#include "exposition/format.h"
#include "exposition/segment_run.h"

namespace xplenty {

struct MetricsPageOptions {
  bool created_timestamps = false;
};

// The exposition: the parts of accounts, which are put together once for each change of any of
// them, and the program's own families, which are for each scrape. Safe from any thread.
class MetricsPage {
 public:
  // The registry must outlive this.
  explicit MetricsPage(const prometheus::Registry& registry, MetricsPageOptions options = {})
      : registry_(registry), options_(options) {}

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
    Parts accounts;  // that it shows
    std::shared_ptr<const SegmentRun> run;
  };

  std::shared_ptr<const SegmentRun> Join(const Parts& accounts, Format format) const;
  SegmentRun RenderProgram(Format format, Program program) const;

  const prometheus::Registry& registry_;
  const MetricsPageOptions options_;
  const ProcessCollector process_;
  mutable Mutex mutex_;
  mutable std::array<Joined, kFormatCount> joined_ GUARDED_BY(mutex_);  // what was last asked for
};

}  // namespace xplenty
