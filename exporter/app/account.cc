#include "app/account.h"

#include <utility>

#include "api/http_page_source.h"
#include "app/account_options.h"
#include "base/text_file.h"
#include "ledger/ledger.h"
#include "refresh/account_refresh.h"

namespace xplenty {
namespace {

std::shared_ptr<AccountMetrics> MetricsOf(const AccountSettings& settings, const Clock& clock) {
  const LabelRule& label = settings.metrics.labels.account;
  if (label.value == LabelValue::kNone) {
    return std::make_shared<AccountMetrics>(prometheus::Labels{}, clock);
  }
  return std::make_shared<AccountMetrics>(
      prometheus::Labels{{label.name, AccountLabelOf(settings)}}, clock);
}

Status CheckAuthorities(const std::string& ca_file) {
  constexpr size_t kMaxBytes = size_t{16} << 20U;
  if (ca_file.empty()) return OkStatus();
  if (const auto text = ReadTextFile(ca_file, kMaxBytes); !text) {
    return text.error().In("api.ca-file: cannot read " + ca_file);
  }
  return OkStatus();
}

bool SameLabel(const AccountSettings& one, const AccountSettings& other) {
  return one.metrics.labels.account == other.metrics.labels.account &&
         AccountLabelOf(one) == AccountLabelOf(other);
}

}  // namespace

Account::Account(const AccountSettings& settings, const AccountContext& context,
                 const Account* previous)
    : settings_(settings),
      context_(context),
      logger_(context.logger, settings.account.id),
      metrics_(previous != nullptr && SameLabel(settings, previous->settings_)
                   ? previous->metrics_
                   : MetricsOf(settings, context.clock)),
      exposition_({.collect = [this] { return metrics_->Collect(); },
                   .changes = [this] { return metrics_->changes(); },
                   .created = context.created},
                  CollectOptionsOf(settings)),
      stats_(context.clock, *metrics_) {}

Account::~Account() = default;

Result<std::unique_ptr<Account>> Account::Prepare(const AccountSettings& settings,
                                                  const AccountContext& context,
                                                  const Account* previous) {
  std::unique_ptr<Account> account(new Account(settings, context, previous));
  const Config::Account& config = settings.account;
  auto key = config.api_key_file.empty()
                 ? ApiKey::FromLiteral(config.api_key, config.key_location.text)
                 : ApiKey::FromFile(config.api_key_file, account->logger_);
  if (!key) {
    return config.api_key_file.empty() ? key.error() : key.error().In(config.key_location.text);
  }
  account->key_ = std::move(*key);
  RETURN_IF_ERROR(CheckAuthorities(settings.api.ca_file));
  auto source = HttpPageSource::Create(SourceOptionsOf(settings), *account->key_, account->stats_);
  if (!source) return source.error();
  account->source_ = std::make_unique<RetryingPageSource>(std::move(*source), account->stats_,
                                                          *account->key_, context.clock);
  return account;
}

Status Account::OpenLedger(bool reset) {
  const LedgerOptions options = LedgerOptionsOf(settings_, context_.storage_path);
  if (reset) {
    const auto aside = Ledger::Reset(options);
    if (!aside) return aside.error();
    logger_.Warn("Ledger reset: counting from now", {{"old_ledger", *aside}});
  }
  auto ledger = Ledger::Open(options);
  if (!ledger) return ledger.error();
  if (context_.once) {
    // Each run is a scrape: what the one before has shown at zero may show its value.
    const auto released = (*ledger)->ReleaseZeroFirst((*ledger)->View(false)->version);
    if (!released) return released.error();
  }
  ledger_ = std::move(*ledger);
  return OkStatus();
}

Status Account::TakeOver(Account& previous) {
  auto ledger = Ledger::TakeOver(previous.refresher_->ledger(),
                                 LedgerOptionsOf(settings_, context_.storage_path));
  if (!ledger) return ledger.error();
  ledger_ = std::move(*ledger);
  return OkStatus();
}

void Account::Start(const Account* previous) {
  const bool same_limit = previous != nullptr && previous->key() == key() &&
                          previous->settings_.api.url == settings_.api.url;
  if (same_limit) stats_.budget().Continue(previous->stats_.budget());
  const RefreshOptions options = RefreshOptionsOf(settings_, context_.storage_path);
  const Refresher* const previous_refresher =
      previous == nullptr ? nullptr : previous->refresher_.get();
  auto refresh = std::make_unique<AccountRefresh>(
      *source_, stats_, std::move(ledger_), context_.clock, logger_, options,
      previous_refresher == nullptr ? nullptr : &previous_refresher->refresh());
  refresher_ = std::make_unique<Refresher>(
      std::move(refresh), stats_, context_.clock, logger_,
      [this](std::shared_ptr<const AccountView> view) { exposition_.Update(std::move(view)); },
      *metrics_, options, previous_refresher);
}

Status Account::ReloadKey() {
  const auto changed = key_->Reload();
  if (!changed) return changed.error().In(settings_.account.key_location.text);
  return OkStatus();
}

void Account::Close() {
  refresher_->Pause();
  refresher_->ledger().Close();
}

}  // namespace xplenty
