#include "app/accounts.h"

#include <algorithm>
#include <utility>

#include "app/shard.h"

namespace xplenty {
namespace {

AccountSettings SettingsOf(const Config::Account& account, const Config& config) {
  return {
      .account = account, .api = config.api, .refresh = config.refresh, .metrics = config.metrics};
}

bool IsOurs(const Config::Account& account, const Config& config) {
  return !config.shard || ShardOf(account.id, config.shard->count) == config.shard->index;
}

}  // namespace

Status Accounts::Check(const Config& config, const AccountContext& context) {
  std::string wrong;
  for (const Config::Account& account : config.accounts) {
    const auto prepared = Account::Prepare(SettingsOf(account, config), context, nullptr);
    // What is wrong with the API is so for each.
    if (prepared || wrong.find(prepared.error().message) != std::string::npos) continue;
    wrong += (wrong.empty() ? "" : "\n") + prepared.error().message;
  }
  if (wrong.empty()) return OkStatus();
  return Error{ErrorCode::kInvalidArgument, wrong};
}

Accounts::Accounts(AccountContext context) : context_(std::move(context)) {}

Accounts::~Accounts() = default;

std::shared_ptr<const Accounts::List> Accounts::list() const {
  const MutexLock lock(mutex_);
  return list_;
}

std::shared_ptr<Account> Accounts::Find(std::string_view id) const {
  const auto accounts = list();
  const auto found = std::ranges::find(*accounts, id, [](const auto& a) { return a->id(); });
  return found == accounts->end() ? nullptr : *found;
}

std::optional<Config::Shard> Accounts::ShardOfOther(std::string_view id) const {
  const MutexLock lock(mutex_);
  const auto found = others_.find(id);
  if (found == others_.end()) return std::nullopt;
  return found->second;
}

Result<std::vector<Accounts::Change>> Accounts::PrepareChanges(const Config& config) const {
  std::vector<Change> changes;
  for (const Config::Account& account : config.accounts) {
    if (!IsOurs(account, config)) continue;
    const AccountSettings settings = SettingsOf(account, config);
    auto previous = Find(account.id);
    if (previous && previous->settings() == settings) {
      RETURN_IF_ERROR(previous->ReloadKey());
      changes.push_back({.previous = std::move(previous), .after = nullptr});
      continue;
    }
    auto after = Account::Prepare(settings, context_, previous.get());
    if (!after) return after.error();
    if (!previous) {
      RETURN_IF_ERROR((*after)->OpenLedger(config.storage.reset && !started_));
    }
    changes.push_back({.previous = std::move(previous), .after = std::move(*after)});
  }
  return changes;
}

// Pauses what has changed and takes its ledgers over, or resumes all of it.
Status Accounts::TakeOverAll(std::vector<Change>& changes) {
  std::vector<Account*> paused;
  for (Change& change : changes) {
    if (!change.previous || !change.after) continue;
    change.previous->Pause();
    paused.push_back(change.previous.get());
    if (auto status = change.after->TakeOver(*change.previous); !status) {
      for (Account* account : paused) account->Resume();
      return status;
    }
  }
  return OkStatus();
}

Status Accounts::Apply(const Config& config) {
  const MutexLock applying(applying_);
  auto changes = PrepareChanges(config);
  if (!changes) return changes.error();
  RETURN_IF_ERROR(TakeOverAll(*changes));

  // From here on nothing can fail.
  const auto old_list = list();
  auto new_list = std::make_shared<List>();
  for (Change& change : *changes) {
    if (!change.after) {
      new_list->push_back(change.previous);
      continue;
    }
    change.after->Start(change.previous.get());
    new_list->push_back(std::move(change.after));
  }
  std::map<std::string, Config::Shard, std::less<>> others;
  for (const Config::Account& account : config.accounts) {
    if (IsOurs(account, config)) continue;
    const uint64_t count = config.shard->count;
    others.emplace(account.id, Config::Shard{.index = ShardOf(account.id, count), .count = count});
  }
  const std::shared_ptr<const List> running = std::move(new_list);
  {
    const MutexLock lock(mutex_);
    list_ = running;
    others_ = std::move(others);
  }
  ShareBudgets();
  started_ = true;
  for (const auto& account : *old_list) {
    if (std::ranges::find(*running, account) == running->end()) account->Close();
  }
  return OkStatus();
}

// Who has the same key has the same limit.
void Accounts::ShareBudgets() const {
  const auto accounts = list();
  std::map<std::string, int64_t> sharers;
  for (const auto& account : *accounts) ++sharers[account->key().Reveal()];
  for (const auto& account : *accounts) {
    account->budget().ShareAmong(sharers[account->key().Reveal()]);
  }
}

bool Accounts::ready() const {
  if (ready_) return true;
  const auto accounts = list();
  if (!std::ranges::all_of(*accounts, [](const auto& a) { return a->health().attempted; })) {
    return false;
  }
  ready_ = true;
  return true;
}

void Accounts::RequestStop() {
  for (const auto& account : *list()) account->refresher().RequestStop();
}

void WaitForRefresh(const Accounts::List& accounts, SteadyTime now, SteadyTime deadline) {
  if (accounts.size() == 1) return accounts.front()->refresher().WaitForRefresh(deadline);
  for (const auto& account : accounts) account->refresher().RequestRefresh();
  for (const auto& account : accounts) account->refresher().WaitForRefreshBounded(now, deadline);
}

}  // namespace xplenty
