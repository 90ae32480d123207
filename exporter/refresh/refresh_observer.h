#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "base/result.h"
#include "base/timestamp.h"
#include "model/account_view.h"

namespace xplenty {

struct RefreshEnd {
  const Error* error{};  // null if it completed
  std::chrono::duration<double> took{};
  std::optional<Timestamp>
      server_time{};  // by the API's own clock; nothing before its first answer
};

// Is told what the refresher does. Called on its thread, except OnNoResponse(), and the first
// OnView() by its constructor; calls do not overlap otherwise.
class RefreshObserver {
 public:
  virtual ~RefreshObserver() = default;
  RefreshObserver() = default;
  RefreshObserver(const RefreshObserver&) = delete;
  RefreshObserver& operator=(const RefreshObserver&) = delete;

  // A view with something new in it, durable already. Returns when scrapes may be served of it.
  virtual void OnView(std::shared_ptr<const AccountView> view) = 0;

  // A refresh ended; its view was published before.
  virtual void OnRefreshEnd(const RefreshEnd& end) = 0;

  // A scrape gave up waiting for a refresh to which the API has not answered at all so far. On the
  // thread of the scrape.
  virtual void OnNoResponse() = 0;
};

}  // namespace xplenty
