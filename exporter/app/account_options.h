#pragma once

#include <string>

#include "api/http_page_source.h"
#include "app/account.h"
#include "collector/collector.h"
#include "ledger/ledger.h"
#include "refresh/account_refresh.h"

namespace xplenty {

// The options of each module, out of the config.
LabelScheme LabelsOf(const Config::Metrics& metrics);
// Whatever its rule, so also where the label is left out.
std::string AccountLabelOf(const AccountSettings& settings);
LedgerOptions LedgerOptionsOf(const AccountSettings& settings, const std::string& storage_path);
RefreshOptions RefreshOptionsOf(const AccountSettings& settings, const std::string& storage_path);
HttpPageSource::Options SourceOptionsOf(const AccountSettings& settings);
CollectOptions CollectOptionsOf(const AccountSettings& settings);

}  // namespace xplenty
