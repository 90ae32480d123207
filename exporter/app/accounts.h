#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/account.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "config/config.h"

namespace xplenty {

// The accounts that run, each with a thread of its own. Safe from any thread.
class Accounts {
 public:
  using List = std::vector<std::shared_ptr<Account>>;  // in the order of the config

  // Whether all accounts of the config could run, as far as that can be checked without touching
  // their ledgers. The error's message has a line for each that could not.
  static Status Check(const Config& config, const AccountContext& context);

  explicit Accounts(AccountContext context);
  ~Accounts();
  Accounts(const Accounts&) = delete;
  Accounts& operator=(const Accounts&) = delete;

  // Makes what runs be what the config says: all of it, or on an error nothing. Ledgers are reset
  // as the config says the first time alone. Accounts that are
  // as before are not touched; ones that have changed go on from where they are; those that are
  // gone leave their ledger behind.
  Status Apply(const Config& config);

  std::shared_ptr<const List> list() const;
  // Null: there is none of that id.
  std::shared_ptr<Account> Find(std::string_view id) const;
  // Which shard has an account that the config names but another process serves; empty if no
  // process does.
  std::optional<Config::Shard> ShardOfOther(std::string_view id) const;

  // Whether each account there was at first has been asked for, with or without success.
  bool ready() const;

  // Ends all waits. Nothing is started after it.
  void RequestStop();

 private:
  struct Change {
    std::shared_ptr<Account> previous;  // null: it is new
    std::unique_ptr<Account> after;
  };

  Result<std::vector<Change>> PrepareChanges(const Config& config) const REQUIRES(applying_);
  static Status TakeOverAll(std::vector<Change>& changes);
  void ShareBudgets() const;

  const AccountContext context_;
  Mutex applying_;
  bool started_ GUARDED_BY(applying_) = false;
  mutable Mutex mutex_;  // never held for long
  std::shared_ptr<const List> list_ GUARDED_BY(mutex_) = std::make_shared<const List>();
  std::map<std::string, Config::Shard, std::less<>> others_ GUARDED_BY(mutex_);  // by account
  mutable std::atomic<bool> ready_ = false;
};

// Brings them up to date, as one scrape of all of them asks for that begins now.
void WaitForRefresh(const Accounts::List& accounts, SteadyTime now, SteadyTime deadline);

}  // namespace xplenty
