#include "ledger/counting.h"

#include <algorithm>

namespace xplenty {
namespace {

std::vector<OutputRecords> OutputsOf(const Job& job) {
  std::vector<OutputRecords> outputs;
  outputs.reserve(job.outputs.size());
  int64_t position = 0;
  for (const Output& output : job.outputs) {
    outputs.push_back({output.id.value_or(--position), output.records});
  }
  std::ranges::sort(outputs, {}, &OutputRecords::output);
  // An id that is listed twice is one output.
  std::vector<OutputRecords> distinct;
  for (const OutputRecords& output : outputs) {
    if (distinct.empty() || distinct.back().output != output.output) {
      distinct.push_back(output);
    } else {
      distinct.back().records = SaturatingSum(distinct.back().records, output.records);
    }
  }
  return distinct;
}

std::optional<int64_t> RuntimeOf(const Job& job) {
  if (!job.started_at) return std::nullopt;
  if (job.runtime_seconds) return job.runtime_seconds;
  const auto end = job.completed_at ? job.completed_at : job.failed_at;
  if (!end) return std::nullopt;
  return std::max<int64_t>(0, (*end - *job.started_at).count());
}

std::optional<int64_t> WaitOf(const Job& job) {
  if (!job.started_at || !job.created_at) return std::nullopt;
  return std::max<int64_t>(0, (*job.started_at - *job.created_at).count());
}

FinishedJob FirstSeen(const Job& job, const CountingContext& context, JobDecision& decision) {
  FinishedJob record{.id = job.id, .status = job.status, .updated_at = job.updated_at};
  const auto time = FinishTime(job);
  if (!time) decision.anomalies.push_back(AnomalyReason::kMissingTime);
  record.finished_at = time.value_or(context.server_time);
  if (record.finished_at >= context.count_from) record.counted_as = job.status;
  record.runtime_seconds = RuntimeOf(job);
  record.wait_seconds = WaitOf(job);
  record.outputs = OutputsOf(job);
  return record;
}

// Raises what grew; true if anything fell. An output that is no longer listed keeps its count.
bool RaiseOutputs(const std::vector<OutputRecords>& seen, std::vector<OutputRecords>& highest) {
  bool fell = false;
  for (const OutputRecords& output : seen) {
    const auto known = std::ranges::lower_bound(highest, output.output, {}, &OutputRecords::output);
    if (known == highest.end() || known->output != output.output) {
      highest.insert(known, output);
    } else if (output.records > known->records) {
      known->records = output.records;
    } else if (output.records < known->records) {
      fell = true;
    }
  }
  return fell;
}

FinishedJob SeenAgain(const Job& job, const FinishedJob& known, JobDecision& decision) {
  FinishedJob record = known;
  if (RaiseOutputs(OutputsOf(job), record.outputs)) {
    decision.anomalies.push_back(AnomalyReason::kRecordsDecreased);
  }
  record.status = job.status;
  record.finished_at = FinishTime(job).value_or(known.finished_at);
  if (job.updated_at) record.updated_at = job.updated_at;
  return record;
}

}  // namespace

bool IsOlder(std::optional<Timestamp> updated_at, std::optional<Timestamp> known,
             Timestamp server_time) {
  return updated_at && known && *known <= server_time && *updated_at < *known;
}

JobDecision ApplyCountingRules(const Job& job, const FinishedJob* known,
                               const CountingContext& context) {
  JobDecision decision;
  if (job.malformed) decision.anomalies.push_back(AnomalyReason::kMalformed);
  if (job.status == JobStatus::kUnknown) {
    decision.anomalies.push_back(AnomalyReason::kUnknownStatus);
  }
  if (IsFinished(job.status)) {
    if (known == nullptr) {
      decision.finished = FirstSeen(job, context, decision);
    } else if (IsOlder(job.updated_at, known->updated_at, context.server_time)) {
      decision.stale = true;
    } else {
      decision.finished = SeenAgain(job, *known, decision);
    }
  } else if (known != nullptr && job.updated_at &&
             (job.updated_at == known->updated_at ||
              IsOlder(job.updated_at, known->updated_at, context.server_time))) {
    decision.stale = true;  // a copy that lags behind the finish
  } else {
    if (known != nullptr) decision.anomalies.push_back(AnomalyReason::kReopened);
    decision.unfinished = true;
  }
  return decision;
}

}  // namespace xplenty
