#include "app/account.h"

#include <string>
#include <utility>

#include "api/http_page_source.h"
#include "app/version.h"
#include "collector/collector.h"
#include "ledger/ledger.h"
#include "refresh/account_refresh.h"

namespace xplenty {
namespace {

std::chrono::seconds WholeSeconds(std::chrono::milliseconds duration) {
  return std::chrono::ceil<std::chrono::seconds>(duration);
}

LedgerOptions LedgerOptionsOf(const Config& config) {
  return {.folder = config.storage.path,
          .account = config.account.id,
          .account_label = config.account.id,
          .hold_new_series = config.metrics.zero_hold.count() > 0,
          .tally = {.runtime_bounds = config.metrics.runtime_buckets,
                    .wait_bounds = config.metrics.wait_buckets,
                    .lookback = WholeSeconds(config.refresh.lookback),
                    .series_retention = WholeSeconds(config.metrics.series_retention),
                    .max_series = config.metrics.max_series,
                    .samples_per_series = SamplesPerSeries(config.metrics.runtime_buckets,
                                                           config.metrics.wait_buckets),
                    .samples_per_package = SamplesPerPackage(),
                    .native_histograms = config.metrics.native_histograms}};
}

RefreshOptions RefreshOptionsOf(const Config& config) {
  return {.min_interval = config.refresh.min_interval,
          .overlap = WholeSeconds(config.refresh.overlap),
          .reconcile_interval = config.refresh.reconcile_interval,
          .lookback = WholeSeconds(config.refresh.lookback),
          .zero_hold = config.metrics.zero_hold,
          .stale_after = config.metrics.stale_after,
          .memory_only = config.storage.path.empty()};
}

HttpPageSource::Options SourceOptionsOf(const Config& config) {
  return {.api_url = config.api.url,
          .account_id = config.account.id,
          .timeout = config.api.timeout,
          .page_size = config.api.page_size,
          .ca_file = config.api.ca_file,
          .proxy_url = config.api.proxy_url,
          .user_agent = std::string("xplenty_exporter/") + Version()};
}

Result<std::unique_ptr<ApiKey>> LoadKey(const Config::Account& account) {
  if (!account.api_key_file.empty()) return ApiKey::FromFile(account.api_key_file);
  return ApiKey::FromLiteral(account.api_key, "XPLENTY_API_KEY");
}

}  // namespace

Account::Account(Clock& clock, AccountInstruments& instruments, MetricsPage& page)
    : instruments_(instruments), page_(page), meter_(clock, *this) {}

Account::~Account() = default;

Result<std::unique_ptr<Account>> Account::Start(const Config& config, Clock& clock, Logger& logger,
                                                AccountInstruments& instruments,
                                                MetricsPage& page) {
  std::unique_ptr<Account> account(new Account(clock, instruments, page));
  auto key = LoadKey(config.account);
  if (!key) return key.error();
  account->key_ = std::move(*key);
  auto source = HttpPageSource::Create(SourceOptionsOf(config), *account->key_, account->meter_);
  if (!source) return source.error();
  account->source_ = std::make_unique<RetryingPageSource>(std::move(*source), account->meter_,
                                                          *account->key_, clock);
  const LedgerOptions ledger_options = LedgerOptionsOf(config);
  if (config.storage.reset) {
    const auto aside = Ledger::Reset(ledger_options);
    if (!aside) return aside.error();
    logger.Warn("Ledger reset: counting from now", {{"old_ledger", *aside}});
  }
  auto ledger = Ledger::Open(ledger_options);
  if (!ledger) return ledger.error();
  if (config.once) {
    // Each run is a scrape: what the one before has shown at zero may show its value.
    const auto released = (*ledger)->ReleaseHolds((*ledger)->View(false)->version);
    if (!released) return released.error();
  }
  const RefreshOptions options = RefreshOptionsOf(config);
  auto refresh = std::make_unique<AccountRefresh>(
      *account->source_, account->meter_, std::move(*ledger),
      [ledger_options] { return Ledger::Open(ledger_options); }, clock, logger, options);
  RefreshObserver& observer = *account;
  account->refresher_ = std::make_unique<Refresher>(std::move(refresh), account->meter_, clock,
                                                    logger, observer, options);
  return account;
}

Status Account::Reload() {
  const auto changed = key_->Reload();
  if (!changed) return changed.error();
  return Done{};
}

void Account::OnRequest(int http_status, std::chrono::duration<double> took) {
  instruments_.RequestSent(http_status, took);
}

void Account::OnRateLimit(const RateLimit& rate_limit) {
  instruments_.RateLimitSeen(rate_limit);
}

void Account::OnView(std::shared_ptr<const AccountView> view) {
  page_.SetView(std::move(view));
}

void Account::OnRefreshEnd(const RefreshEnd& end) {
  instruments_.RefreshEnded(end);
}

void Account::OnNoAnswer() {
  instruments_.NoAnswer();
}

}  // namespace xplenty
