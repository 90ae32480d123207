#pragma once

#include "base/clock.h"
#include "status_page/html.h"
#include "status_page/status_page.h"
#include "status_page/status_query.h"

namespace xplenty {

// The lists of the status page, each a section with a heading, the part of the rows that the query
// asks for, and links to its other parts.
// Of several accounts, those in trouble first.
Html AccountTable(const StatusPage& page, const StatusQuery& query, WallTime now);
Html RunningTable(const StatusPage& page, const StatusQuery& query, WallTime now);
Html WaitingTable(const StatusPage& page, const StatusQuery& query, WallTime now);
Html FailureTable(const StatusPage& page, const StatusQuery& query, WallTime now);
Html PackageTable(const StatusPage& page, const StatusQuery& query, WallTime now);

}  // namespace xplenty
