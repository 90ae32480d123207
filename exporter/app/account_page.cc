#include "app/account_page.h"

namespace xplenty {

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
  const auto api =
      api_.Follow(instruments_.changes(), created_, [this] { return instruments_.Collect(); });
  if (part_->groups[kApi] != Snapshots{api}) {
    auto part = std::make_shared<Part>(*part_);
    part->groups[kApi] = {api};
    part_ = std::move(part);
  }
  return part_;
}

}  // namespace xplenty
