#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "app/followed_snapshot.h"
#include "app/instruments.h"
#include "base/mutex.h"
#include "collector/collector.h"
#include "exposition/snapshot.h"
#include "model/account_view.h"

namespace xplenty {

// One account's part of the exposition: the families about its jobs, block by block of its view,
// and those about its API. Each is collected and rendered once for each change of it: a block that
// two views share has the same snapshot in both. Safe from any thread.
class AccountPage {
 public:
  // `created`: since when the instruments count, in Unix time; none: it is not told.
  AccountPage(const AccountInstruments& instruments, CollectOptions options,
              std::optional<double> created)
      : instruments_(instruments), options_(std::move(options)), created_(created) {}

  void SetView(std::shared_ptr<const AccountView> view);

  // In the order in which they are shown; the snapshots of a group have the same families.
  enum Group : size_t { kSeries, kPackages, kPackageInfos, kClusterInfos, kLedger, kApi };
  static constexpr size_t kGroups = 6;
  using Snapshots = std::vector<std::shared_ptr<const Snapshot>>;

  // What there is to show at a moment.
  struct Part {
    std::shared_ptr<const AccountView> view;  // null before the first
    std::array<Snapshots, kGroups> groups;
  };
  // The same pointer as long as nothing changes.
  std::shared_ptr<const Part> Latest() const;

 private:
  // By the block that they show, which they keep.
  using SnapshotsByBlock = std::map<const void*, std::shared_ptr<const Snapshot>>;

  template <typename List, typename Collect>
  Snapshots SnapshotsOf(const List& list, Collect collect, SnapshotsByBlock& shown) const
      REQUIRES(mutex_);

  const AccountInstruments& instruments_;
  const CollectOptions options_;
  const std::optional<double> created_;
  mutable Mutex mutex_;
  std::shared_ptr<const ViewFrame> frame_ GUARDED_BY(mutex_);
  SnapshotsByBlock by_block_ GUARDED_BY(mutex_);  // of the latest view, by frame_
  mutable std::shared_ptr<const Part> part_ GUARDED_BY(mutex_) = std::make_shared<const Part>();
  mutable FollowedSnapshot api_ GUARDED_BY(mutex_);
};

}  // namespace xplenty
