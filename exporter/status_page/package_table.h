#pragma once

#include "base/clock.h"
#include "status_page/html.h"
#include "status_page/status_page.h"
#include "status_page/status_query.h"

namespace xplenty {

// Returns the list of the packages of all accounts, sorted as the query asks for. `server_now` is
// the time of the API's clock.
Html PackageTable(const StatusPage& page, const StatusQuery& query, WallTime server_now);

}  // namespace xplenty
