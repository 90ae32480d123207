#include "app/account_page.h"

#include <vector>

namespace xplenty {

void SetCreated(std::vector<MetricFamily>& families, double created) {
  for (MetricFamily& family : families) {
    const bool counts = family.type == prometheus::MetricType::Counter ||
                        family.type == prometheus::MetricType::Histogram;
    if (!counts) continue;
    for (Metric& metric : family.metric) metric.created = created;
  }
}

void AccountPage::SetView(std::shared_ptr<const AccountView> view) {
  auto jobs = std::make_shared<const Snapshot>(
      [view, options = options_] { return CollectAccount(*view, options); });
  const MutexLock lock(mutex_);
  part_.view = std::move(view);
  part_.jobs = std::move(jobs);
}

AccountPage::Part AccountPage::Latest() const {
  const MutexLock lock(mutex_);
  // Before it is collected: what changes meanwhile is then collected once more.
  const uint64_t changes = instruments_.changes();
  if (!part_.api || changes != api_changes_) {
    auto families = instruments_.Collect();
    if (created_) SetCreated(families, *created_);
    part_.api =
        std::make_shared<const Snapshot>([families = std::move(families)] { return families; });
    api_changes_ = changes;
  }
  return part_;
}

}  // namespace xplenty
