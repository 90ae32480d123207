#pragma once

#include <chrono>
#include <functional>
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

// Receives each new view, whose counters are already durable. The refresher calls it on its own
// thread, the first time in its constructor. Scrapes are served from the view once it returns.
using ViewSink = std::function<void(std::shared_ptr<const AccountView>)>;

// Observes the refreshes of one account.
class RefreshObserver {
 public:
  virtual ~RefreshObserver() = default;
  RefreshObserver() = default;
  RefreshObserver(const RefreshObserver&) = delete;
  RefreshObserver& operator=(const RefreshObserver&) = delete;

  // A refresh has ended, and its view has been published. Called on the refresher's thread.
  virtual void OnRefreshEnd(const RefreshEnd& end) = 0;

  // A scrape stopped waiting for a refresh that has had no response from the API at all. Called on
  // any thread, possibly during OnRefreshEnd().
  virtual void OnNoResponse() = 0;
};

}  // namespace xplenty
