#pragma once

#include <optional>
#include <vector>

#include "base/timestamp.h"
#include "ledger/finished_job.h"
#include "model/anomaly.h"
#include "model/job.h"

namespace xplenty {

// The meaning of one row of a page for the ledger. At most one of `finished`, `unfinished` and
// `stale` is set.
struct JobDecision {
  std::vector<AnomalyReason> anomalies;
  // The row to be stored. Of a new job the caller sets package_cluster, fold and zero_pending.
  std::optional<FinishedJob> finished;
  bool unfinished{};  // the job is to be shown among the unfinished ones
  bool stale{};       // the row is older than what is known: nothing of it applies
};

// The times that the counting rules depend on, by the server's clock.
struct CountingContext {
  Timestamp count_from;   // jobs that finished earlier are remembered, not counted
  Timestamp server_time;  // stands in for a finish time that the API does not give
};

// Returns true if a row updated at `updated_at` is a copy that lags behind what is known of its
// job. A known time ahead of the server's clock proves no order: one such row must not freeze its
// job.
bool IsOlder(std::optional<Timestamp> updated_at, std::optional<Timestamp> known,
             Timestamp server_time);

// Applies the counting rules, which keep promises P1, P2 and P4, to one row. `known` is what the
// ledger remembers of the same job; null if it was never seen finished.
//  - A job that is first seen finished is counted under that status, once and for ever.
//  - A job that is seen finished again has the outputs raised that grew; one that fell is an
//    anomaly.
//  - A job that is seen unfinished again is an anomaly: it is shown as unfinished and not counted
//    again.
// Pure: the same arguments give the same decision on any day.
JobDecision ApplyCountingRules(const Job& job, const FinishedJob* known,
                               const CountingContext& context);

}  // namespace xplenty
