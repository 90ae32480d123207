#pragma once

#include "base/clock.h"
#include "status_page/html.h"
#include "status_page/status_page.h"
#include "status_page/status_query.h"

namespace xplenty {

// Return the lists of single jobs of all accounts. Jobs that run or wait come first the longer they
// do, and are left out of accounts whose state is not known; failed jobs come first the later they
// failed. `server_now` is the time of the API's clock.
Html RunningTable(const StatusPage& page, const StatusQuery& query, WallTime server_now);
Html WaitingTable(const StatusPage& page, const StatusQuery& query, WallTime server_now);
Html FailureTable(const StatusPage& page, const StatusQuery& query, WallTime server_now);

}  // namespace xplenty
