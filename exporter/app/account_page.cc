#include "app/account_page.h"

namespace xplenty {

void SetCreated(std::vector<MetricFamily>& families, double created) {
  for (MetricFamily& family : families) {
    const bool counts = family.type == prometheus::MetricType::Counter ||
                        family.type == prometheus::MetricType::Histogram;
    if (!counts) continue;
    for (Metric& metric : family.metric) metric.created = created;
  }
}

template <typename List, typename Collect>
AccountPage::Snapshots AccountPage::SnapshotsOf(const List& list, Collect collect,
                                                SnapshotsByBlock& shown) const {
  Snapshots snapshots;
  snapshots.reserve(list.blocks().size());
  for (const auto& block : list.blocks()) {
    const auto known = by_block_.find(block.get());
    snapshots.push_back(known != by_block_.end()
                            ? known->second
                            : std::make_shared<const Snapshot>([collect, block, frame = frame_] {
                                return collect(*frame, *block);
                              }));
    shown.emplace(block.get(), snapshots.back());
  }
  return snapshots;
}

void AccountPage::SetView(std::shared_ptr<const AccountView> view) {
  const MutexLock lock(mutex_);
  if (!frame_ || *frame_ != *view) {
    frame_ = std::make_shared<const ViewFrame>(*view);
    by_block_.clear();
  }
  const auto collect_series = [created = options_.created_timestamps](const auto& frame,
                                                                      const auto& block) {
    return CollectSeries(frame, block, created);
  };
  auto part = std::make_shared<Part>();
  SnapshotsByBlock shown;
  part->groups = {SnapshotsOf(view->series, collect_series, shown),
                  SnapshotsOf(view->packages, CollectPackages, shown),
                  SnapshotsOf(view->packages_info, CollectPackageInfos, shown),
                  SnapshotsOf(view->clusters_info, CollectClusterInfos, shown),
                  {std::make_shared<const Snapshot>(
                      [view, options = options_] { return CollectLedger(*view, options); })},
                  part_->groups[kApi]};
  part->view = std::move(view);
  part_ = std::move(part);
  by_block_ = std::move(shown);
}

std::shared_ptr<const AccountPage::Part> AccountPage::Latest() const {
  const MutexLock lock(mutex_);
  // Before it is collected: what changes meanwhile is then collected once more.
  const uint64_t changes = instruments_.changes();
  if (part_->groups[kApi].empty() || changes != api_changes_) {
    auto families = instruments_.Collect();
    if (created_) SetCreated(families, *created_);
    auto part = std::make_shared<Part>(*part_);
    part->groups[kApi] = {
        std::make_shared<const Snapshot>([families = std::move(families)] { return families; })};
    part_ = std::move(part);
    api_changes_ = changes;
  }
  return part_;
}

}  // namespace xplenty
