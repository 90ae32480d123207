#pragma once

#include <memory>
#include <string>

#include <prometheus/registry.h>

#include "base/published.h"
#include "collector/process_families.h"
#include "exposition/segment.h"
#include "ledger/account_view.h"

namespace xplenty {

// The exposition: the families about jobs, rendered once for each view, and those about the
// program, rendered for each scrape. Safe from any thread.
class MetricsPage {
 public:
  // The registry must outlive this.
  explicit MetricsPage(prometheus::Registry& registry) : registry_(registry) {}

  void SetView(std::shared_ptr<const AccountView> view);

  struct Exposition {
    std::shared_ptr<const AccountView> view;  // that it shows; null before the first
    std::shared_ptr<const std::string> body;
  };
  enum class Coding { kIdentity, kGzip };
  Exposition Render(Coding coding, bool with_process) const;

  std::shared_ptr<const AccountView> view() const;

 private:
  struct Snapshot {
    std::shared_ptr<const AccountView> view;
    std::shared_ptr<const Segment> jobs;
  };

  prometheus::Registry& registry_;
  const ProcessCollector process_;
  Published<Snapshot> snapshot_;
};

}  // namespace xplenty
