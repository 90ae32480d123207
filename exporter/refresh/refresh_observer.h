#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "base/result.h"
#include "base/timestamp.h"
#include "model/account_view.h"

namespace xplenty {

// The outcome of one refresh.
struct RefreshEnd {
  const Error* error{};  // null if the refresh completed
  std::chrono::duration<double> took{};
  // By the API's own clock; empty before its first response.
  std::optional<Timestamp> server_time{};
};

// Receives the events of a Refresher. All calls come from the refresher's thread and do not
// overlap, except the first OnView(), which its constructor makes, and OnNoResponse().
class RefreshObserver {
 public:
  virtual ~RefreshObserver() = default;
  RefreshObserver() = default;
  RefreshObserver(const RefreshObserver&) = delete;
  RefreshObserver& operator=(const RefreshObserver&) = delete;

  // A new view, whose counters are already durable. Scrapes are served from it once this returns.
  virtual void OnView(std::shared_ptr<const AccountView> view) = 0;

  // A refresh ended. Its view has been published before.
  virtual void OnRefreshEnd(const RefreshEnd& end) = 0;

  // A scrape stopped waiting for a refresh that has had no response from the API at all. Called on
  // the thread of the scrape.
  virtual void OnNoResponse() = 0;
};

}  // namespace xplenty
