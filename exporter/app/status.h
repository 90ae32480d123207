#pragma once

#include <memory>

#include "app/instruments.h"
#include "config/config.h"
#include "ledger/account_view.h"
#include "web/status_page.h"

namespace xplenty {

// What the status page is to show of an account. `view`: null before the first.
StatusPage MakeStatusPage(const Config& config, const ApiHealth& health,
                          const std::shared_ptr<const AccountView>& view);

}  // namespace xplenty
