#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "app/instruments.h"
#include "base/mutex.h"
#include "collector/collector.h"
#include "exposition/snapshot.h"
#include "ledger/account_view.h"

namespace xplenty {

// One account's part of the exposition: the families about its jobs, collected and rendered once
// for each view, and those about its API, once for each change of them. Safe from any thread.
class AccountPage {
 public:
  // `created`: since when the instruments count, in Unix time; none: it is not told.
  AccountPage(const AccountInstruments& instruments, CollectOptions options,
              std::optional<double> created)
      : instruments_(instruments), options_(std::move(options)), created_(created) {}

  void SetView(std::shared_ptr<const AccountView> view);

  // What there is to show at a moment.
  struct Part {
    std::shared_ptr<const AccountView> view;  // null before the first
    std::shared_ptr<const Snapshot> jobs;     // of the view; likewise
    std::shared_ptr<const Snapshot> api;
  };
  Part Latest() const;

 private:
  const AccountInstruments& instruments_;
  const CollectOptions options_;
  const std::optional<double> created_;
  mutable Mutex mutex_;
  mutable Part part_ GUARDED_BY(mutex_);
  mutable uint64_t api_changes_ GUARDED_BY(mutex_) = 0;  // that part_.api shows
};

// Tells of what counts since when it does.
void SetCreated(std::vector<MetricFamily>& families, double created);

}  // namespace xplenty
