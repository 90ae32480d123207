#pragma once

#include <memory>

#include "api/api_key.h"
#include "api/request_meter.h"
#include "api/request_observer.h"
#include "api/retrying_page_source.h"
#include "app/instruments.h"
#include "app/metrics_page.h"
#include "base/clock.h"
#include "base/logger.h"
#include "base/result.h"
#include "config/config.h"
#include "refresh/refresh_observer.h"
#include "refresh/refresher.h"

namespace xplenty {

// One account, from its key to its published view, with the thread that refreshes it.
class Account final : private RequestObserver, private RefreshObserver {
 public:
  // Opens the ledger and starts the first refresh. What is given by reference must outlive this.
  static Result<std::unique_ptr<Account>> Start(const Config& config, Clock& clock, Logger& logger,
                                                AccountInstruments& instruments, MetricsPage& page);
  ~Account() override;

  Refresher& refresher() { return *refresher_; }
  // Reads the key file again.
  Status Reload();

 private:
  Account(Clock& clock, AccountInstruments& instruments, MetricsPage& page);

  void OnRequest(int http_status, std::chrono::duration<double> took) override;
  void OnRateLimit(const RateLimit& rate_limit) override;
  void OnView(std::shared_ptr<const AccountView> view) override;
  void OnRefreshEnd(const RefreshEnd& end) override;
  void OnNoAnswer() override;

  AccountInstruments& instruments_;
  MetricsPage& page_;
  RequestMeter meter_;
  std::unique_ptr<ApiKey> key_;
  std::unique_ptr<RetryingPageSource> source_;
  std::unique_ptr<Refresher> refresher_;  // last: its thread uses all of the above
};

}  // namespace xplenty
