#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <prometheus/registry.h>

#include "base/published.h"
#include "collector/process_families.h"
#include "exposition/format.h"
#include "exposition/metric_family.h"
#include "exposition/snapshot.h"
#include "ledger/account_view.h"

namespace xplenty {

struct MetricsPageOptions {
  bool created_timestamps = false;
};

// The exposition: the families about jobs, rendered once for each view and format that is asked
// for, and those about the program, rendered for each scrape. Safe from any thread.
class MetricsPage {
 public:
  // The registry must outlive this.
  explicit MetricsPage(prometheus::Registry& registry, MetricsPageOptions options = {})
      : registry_(registry), options_(options) {}

  void SetView(std::shared_ptr<const AccountView> view);

  struct Exposition {
    std::shared_ptr<const AccountView> view;  // that it shows; null before the first
    std::shared_ptr<const std::string> body;
  };
  enum class Coding { kIdentity, kGzip };
  Exposition Render(Format format, Coding coding, bool with_process) const;

  std::shared_ptr<const AccountView> view() const;

 private:
  struct Shown {
    Shown(std::shared_ptr<const AccountView> shown, Snapshot::Collect collect)
        : view(std::move(shown)), jobs(std::move(collect)) {}

    const std::shared_ptr<const AccountView> view;
    const Snapshot jobs;
  };

  std::vector<MetricFamily> CollectProgram(bool with_process) const;

  prometheus::Registry& registry_;
  const MetricsPageOptions options_;
  const ProcessCollector process_;
  Published<Shown> shown_;
};

}  // namespace xplenty
