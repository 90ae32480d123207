#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <prometheus/registry.h>

#include "app/account_page.h"
#include "collector/process_families.h"
#include "exposition/format.h"

namespace xplenty {

struct MetricsPageOptions {
  bool created_timestamps = false;
};

// The exposition: the parts of accounts, which are rendered where they have changed, and the
// program's own families, which are for each scrape. Safe from any thread.
class MetricsPage {
 public:
  // The registry must outlive this.
  explicit MetricsPage(const prometheus::Registry& registry, MetricsPageOptions options = {})
      : registry_(registry), options_(options) {}

  enum class Coding { kIdentity, kGzip };
  enum class Program {
    kNone,            // the accounts alone
    kWithoutProcess,  // not process_*
    kAll,
  };
  std::shared_ptr<const std::string> Render(std::span<const AccountPage::Part> accounts,
                                            Format format, Coding coding, Program program) const;

  // Since when the program runs, for counters that begin with it; none: it is not told.
  std::optional<double> created() const;

 private:
  std::vector<MetricFamily> CollectProgram(Program program) const;

  const prometheus::Registry& registry_;
  const MetricsPageOptions options_;
  const ProcessCollector process_;
};

}  // namespace xplenty
