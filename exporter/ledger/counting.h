#pragma once

#include <optional>
#include <vector>

#include "base/timestamp.h"
#include "ledger/finished_job.h"
#include "model/anomaly.h"
#include "model/job.h"

namespace xplenty {

// What one row of a page means for the ledger. Pure: the same row, memory and times give the same
// answer on any day.
struct Verdict {
  std::vector<AnomalyReason> anomalies;
  std::optional<FinishedJob> finished;  // to be written; its pair and overflow are the caller's
  bool unfinished{};                    // to be shown among the unfinished jobs
  bool stale{};                         // older than what is known: nothing of it applies
};

struct CountingContext {
  Timestamp count_from;   // jobs that finished earlier are remembered, not counted
  Timestamp server_time;  // stands in for a finish time that the API does not give
};

// Whether a row updated then is a copy that lags behind what is known of its job. A known time
// ahead of the server's clock tells no order: one such row must not freeze its job.
bool IsOlder(std::optional<Timestamp> updated_at, std::optional<Timestamp> known,
             Timestamp server_time);

// The counting rules (promises P1, P2 and P4 of the README's section "What exactly once means").
// `known` is what the ledger remembers of the same job, if it was ever seen finished:
//  - first seen finished: counted under that status, once and for ever;
//  - seen finished again: outputs that grew are raised, ones that fell are an anomaly;
//  - seen unfinished again: an anomaly; shown as unfinished, not counted again.
Verdict Judge(const Job& job, const FinishedJob* known, const CountingContext& context);

}  // namespace xplenty
