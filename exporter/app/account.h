#pragma once

#include <memory>
#include <optional>
#include <string>

#include "api/api_key.h"
#include "api/request_stats.h"
#include "api/retrying_page_source.h"
#include "app/account_logger.h"
#include "app/exporter_metrics.h"
#include "app/exposition_source.h"
#include "base/clock.h"
#include "base/logger.h"
#include "base/result.h"
#include "config/config.h"
#include "refresh/refresher.h"

namespace xplenty {

// What an account is made of; where it is equal nothing is to be done.
struct AccountSettings {
  Config::Account account;
  ApiOptions api;
  Config::Refresh refresh;
  Config::Metrics metrics;
  friend bool operator==(const AccountSettings&, const AccountSettings&) = default;
};

// What all accounts share. References must outlive them.
struct AccountContext {
  Clock& clock;
  Logger& logger;
  std::string storage_path{};  // empty: memory only
  bool once = false;
  std::optional<double> created{};  // see OwnMetrics
};

// One account, from its key to its part of the exposition, with the thread that refreshes it. It is
// made in steps, so that all that can fail does before anything that runs is given up: Prepare(),
// then OpenLedger() or TakeOver(), then Start().
class Account final {
 public:
  // Reads the key and checks the options; touches nothing. `previous`: the running account of the
  // same id, whose metrics and budget go on; null: none.
  static Result<std::unique_ptr<Account>> Prepare(const AccountSettings& settings,
                                                  const AccountContext& context,
                                                  const Account* previous);
  ~Account();

  // Of an account that is not running. `reset`: moves the ledger aside first.
  Status OpenLedger(bool reset);
  // `previous` must be paused; where this fails it may be resumed.
  Status TakeOver(Account& previous);
  // The first refresh begins. `previous`: as for TakeOver(); null: none.
  void Start(const Account* previous);

  // Uses the key that its file holds now; while that is wrong, the one before.
  Status ReloadKey();

  void Pause() { refresher_->Pause(); }
  void Resume() { refresher_->Resume(); }
  // Stops the account and closes its ledger. Its families stay, for scrapes that have begun.
  void Close();

  const AccountSettings& settings() const { return settings_; }
  const std::string& id() const { return settings_.account.id; }
  Secret key() const { return key_->Load(); }
  RateBudget& budget() { return stats_.budget(); }
  ApiHealth health() const { return metrics_->health(); }
  ExpositionSource& exposition() { return exposition_; }
  Refresher& refresher() { return *refresher_; }  // after Start()

 private:
  Account(const AccountSettings& settings, const AccountContext& context, const Account* previous);

  const AccountSettings settings_;
  const AccountContext context_;
  AccountLogger logger_;
  const std::shared_ptr<AccountMetrics> metrics_;  // of all accounts in this one's place
  ExpositionSource exposition_;
  RequestStats stats_;
  std::unique_ptr<ApiKey> key_;
  std::unique_ptr<RetryingPageSource> source_;
  std::unique_ptr<Ledger> ledger_;        // until Start()
  std::unique_ptr<Refresher> refresher_;  // last: its thread uses all of the above
};

}  // namespace xplenty
