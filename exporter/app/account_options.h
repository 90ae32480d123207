#pragma once

#include <string>

#include "api/http_page_source.h"
#include "app/account.h"
#include "collector/collector.h"
#include "ledger/ledger.h"
#include "refresh/account_refresh.h"

namespace xplenty {

// Returns the value of the account's label, also if the label is left out.
std::string AccountLabelOf(const AccountSettings& settings);

// Return the options of each module that an account is made of. `storage_path` is the folder of the
// ledgers; empty: they are in memory. The settings must be right, as ConfigSource returns them.
LedgerOptions LedgerOptionsOf(const AccountSettings& settings, const std::string& storage_path);
RefreshOptions RefreshOptionsOf(const AccountSettings& settings, const std::string& storage_path);
HttpPageSource::Options SourceOptionsOf(const AccountSettings& settings);
CollectOptions CollectOptionsOf(const AccountSettings& settings);

}  // namespace xplenty
