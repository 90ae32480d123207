#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "ledger/job_aggregates.h"
#include "ledger/job_database.h"
#include "ledger/pending_commit.h"
#include "ledger/zero_first.h"

namespace xplenty {

// Each function works out what a commit changes. It reads the database and the aggregates and
// changes neither. `options` are those of the aggregates; `header` is the ledger's as it is. Errors
// are those of the database.

// Returns the stored rows of the jobs of a page.
Result<StoredJobs> FindStored(JobDatabase& database, const std::vector<Job>& jobs);

// Stages a page: its rows in their order, by the counting rules (counting.h), and how far it brings
// the scan. `page` must outlive the result. What it needs must have been recalled.
Result<PendingCommit> StagePage(JobDatabase& database, const JobAggregates& aggregates,
                                const AggregateOptions& options, const LedgerHeader& header,
                                const PageCommit& page, const StoredJobs& stored);

// Stages the end of a reconcile that began after the commit `sequence`: the unfinished jobs that
// two in a row have not seen are dropped. Each is an anomaly, unless it could not be asked for.
Result<PendingCommit> StageReconcile(JobDatabase& database, const JobAggregates& aggregates,
                                     const AggregateOptions& options, const LedgerHeader& header,
                                     uint64_t sequence);

// Adds rows to a batch as they are stored, but without the mark `zero_pending` (promise P6).
Status StageUnmarked(JobDatabase& database, const ZeroFirst::Rows& rows, WriteBatch& batch);

}  // namespace xplenty
