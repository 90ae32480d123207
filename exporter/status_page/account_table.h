#pragma once

#include "base/clock.h"
#include "status_page/html.h"
#include "status_page/status_page.h"
#include "status_page/status_query.h"

namespace xplenty {

// Returns the list of accounts, those that cannot be read first. `now` is of this machine's clock,
// as in all functions here.
Html AccountTable(const StatusPage& page, const StatusQuery& query, WallTime now);

// Returns what is known of the only account of a page.
Html AccountSection(const StatusPage::Account& account, WallTime now);

}  // namespace xplenty
