#include "app/account.h"

#include <utility>

#include "api/http_page_source.h"
#include "app/account_options.h"
#include "base/text_file.h"
#include "ledger/ledger.h"
#include "refresh/account_refresh.h"

namespace xplenty {
namespace {

std::shared_ptr<AccountInstruments> InstrumentsOf(const AccountSettings& settings,
                                                  const Clock& clock) {
  const LabelRule& label = settings.metrics.labels.account;
  if (label.value == LabelValue::kNone) {
    return std::make_shared<AccountInstruments>(prometheus::Labels{}, clock);
  }
  return std::make_shared<AccountInstruments>(
      prometheus::Labels{{label.name, AccountLabelOf(settings)}}, clock);
}

Status CheckAuthorities(const std::string& ca_file) {
  constexpr size_t kMaxBytes = size_t{16} << 20U;
  if (ca_file.empty()) return Done{};
  if (const auto text = ReadTextFile(ca_file, kMaxBytes); !text) {
    return text.error().In("api.ca-file: cannot read " + ca_file);
  }
  return Done{};
}

bool SameLabel(const AccountSettings& one, const AccountSettings& other) {
  return one.metrics.labels.account == other.metrics.labels.account &&
         AccountLabelOf(one) == AccountLabelOf(other);
}

}  // namespace

Account::Account(const AccountSettings& settings, const AccountContext& context,
                 const Account* before)
    : settings_(settings),
      context_(context),
      logger_(context.logger, settings.account.id),
      instruments_(before != nullptr && SameLabel(settings, before->settings_)
                       ? before->instruments_
                       : InstrumentsOf(settings, context.clock)),
      exposition_({.collect = [this] { return instruments_->Collect(); },
                   .changes = [this] { return instruments_->changes(); },
                   .created = context.created},
                  CollectOptionsOf(settings)),
      stats_(context.clock, *instruments_) {}

Account::~Account() = default;

Result<std::unique_ptr<Account>> Account::Prepare(const AccountSettings& settings,
                                                  const AccountContext& context,
                                                  const Account* before) {
  std::unique_ptr<Account> account(new Account(settings, context, before));
  const Config::Account& config = settings.account;
  auto key = config.api_key_file.empty()
                 ? ApiKey::FromLiteral(config.api_key, config.key_place.text)
                 : ApiKey::FromFile(config.api_key_file, account->logger_);
  if (!key) {
    return config.api_key_file.empty() ? key.error() : key.error().In(config.key_place.text);
  }
  account->key_ = std::move(*key);
  if (auto done = CheckAuthorities(settings.api.ca_file); !done) return done.error();
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
  return Done{};
}

Status Account::TakeOver(Account& before) {
  auto ledger = Ledger::TakeOver(before.refresher_->ledger(),
                                 LedgerOptionsOf(settings_, context_.storage_path));
  if (!ledger) return ledger.error();
  ledger_ = std::move(*ledger);
  return Done{};
}

void Account::Start(const Account* before) {
  const bool same_limit =
      before != nullptr && before->key() == key() && before->settings_.api.url == settings_.api.url;
  if (same_limit) stats_.budget().Continue(before->stats_.budget());
  const RefreshOptions options = RefreshOptionsOf(settings_, context_.storage_path);
  const Refresher* const refresher_before = before == nullptr ? nullptr : before->refresher_.get();
  auto refresh = std::make_unique<AccountRefresh>(
      *source_, stats_, std::move(ledger_), context_.clock, logger_, options,
      refresher_before == nullptr ? nullptr : &refresher_before->refresh());
  refresher_ = std::make_unique<Refresher>(
      std::move(refresh), stats_, context_.clock, logger_,
      [this](std::shared_ptr<const AccountView> view) { exposition_.Update(std::move(view)); },
      *instruments_, options, refresher_before);
}

Status Account::ReloadKey() {
  const auto changed = key_->Reload();
  if (!changed) return changed.error().In(settings_.account.key_place.text);
  return Done{};
}

void Account::Close() {
  refresher_->Pause();
  refresher_->ledger().Close();
}

}  // namespace xplenty
