#include "ledger/counting.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/figures.h"

namespace xplenty::counting_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr CountingContext kContext = {.count_from = FromUnix(1000), .server_time = FromUnix(9000)};

Job Finished(JobStatus status, int64_t finish, int64_t updated) {
  Job job = MakeJob(7, status, FromUnix(updated));
  job.created_at = FromUnix(finish - 100);
  job.started_at = FromUnix(finish - 60);
  job.completed_at = FromUnix(finish);
  job.runtime_seconds = 60;
  job.outputs = {{.id = 1, .records = 10}, {.id = 2, .records = 20}};
  return job;
}

FinishedJob Remember(const Job& job) {
  return *ApplyCountingRules(job, nullptr, kContext).finished;
}

TEST(CountingRules, CountsAJobFirstSeenFinished) {
  const JobDecision decision =
      ApplyCountingRules(Finished(JobStatus::kCompleted, 5000, 5002), nullptr, kContext);
  ASSERT_TRUE(decision.finished);
  EXPECT_EQ(decision.finished->counted_as, JobStatus::kCompleted);
  EXPECT_EQ(decision.finished->finished_at, FromUnix(5000));
  EXPECT_EQ(decision.finished->runtime_seconds, 60);
  EXPECT_EQ(decision.finished->wait_seconds, 40);
  EXPECT_EQ(TotalRecords(*decision.finished), 30);
  EXPECT_THAT(decision.anomalies, IsEmpty());
  EXPECT_FALSE(decision.unfinished);
}

TEST(CountingRules, CountsFromExactlyCountFrom) {
  EXPECT_EQ(Remember(Finished(JobStatus::kFailed, 1000, 1000)).counted_as, JobStatus::kFailed);
  EXPECT_EQ(Remember(Finished(JobStatus::kFailed, 999, 1000)).counted_as, std::nullopt);
}

TEST(CountingRules, NeverCountsJobsBeforeCountFrom) {
  const FinishedJob known = Remember(Finished(JobStatus::kCompleted, 999, 1000));
  const auto again =
      ApplyCountingRules(Finished(JobStatus::kCompleted, 5000, 5000), &known, kContext);
  ASSERT_TRUE(again.finished);
  EXPECT_EQ(again.finished->counted_as, std::nullopt);
}

TEST(CountingRules, SameRowChangesNothing) {
  const Job job = Finished(JobStatus::kCompleted, 5000, 5002);
  const FinishedJob known = Remember(job);
  const JobDecision again = ApplyCountingRules(job, &known, kContext);
  EXPECT_EQ(again.finished, known);
  EXPECT_THAT(again.anomalies, IsEmpty());
}

TEST(CountingRules, RaisesGrownOutputsAndAddsNew) {
  const FinishedJob known = Remember(Finished(JobStatus::kCompleted, 5000, 5002));
  Job later = Finished(JobStatus::kCompleted, 5000, 5010);
  later.outputs = {{.id = 3, .records = 1}, {.id = 1, .records = 15}, {.id = 2, .records = 20}};
  const JobDecision decision = ApplyCountingRules(later, &known, kContext);
  EXPECT_THAT(decision.finished->outputs,
              ElementsAre(OutputRecords{1, 15}, OutputRecords{2, 20}, OutputRecords{3, 1}));
  EXPECT_THAT(decision.anomalies, IsEmpty());
}

TEST(CountingRules, DecreasedOutputIsAnAnomaly) {
  const FinishedJob known = Remember(Finished(JobStatus::kCompleted, 5000, 5002));
  Job later = Finished(JobStatus::kCompleted, 5000, 5010);
  later.outputs = {{.id = 1, .records = 9}, {.id = 2, .records = 25}};
  const JobDecision decision = ApplyCountingRules(later, &known, kContext);
  EXPECT_THAT(decision.finished->outputs, ElementsAre(OutputRecords{1, 10}, OutputRecords{2, 25}));
  EXPECT_THAT(decision.anomalies, ElementsAre(AnomalyReason::kRecordsDecreased));
}

TEST(CountingRules, KeepsVanishedOutputsWithoutAnomaly) {
  const FinishedJob known = Remember(Finished(JobStatus::kCompleted, 5000, 5002));
  Job later = Finished(JobStatus::kCompleted, 5000, 5010);
  later.outputs.clear();
  const JobDecision decision = ApplyCountingRules(later, &known, kContext);
  EXPECT_EQ(decision.finished->outputs, known.outputs);
  EXPECT_THAT(decision.anomalies, IsEmpty());
}

TEST(CountingRules, TakesOutputsWithoutIdsByPosition) {
  Job job = Finished(JobStatus::kCompleted, 5000, 5002);
  job.outputs = {{.id = {}, .records = 3}, {.id = {}, .records = 4}};
  const FinishedJob known = Remember(job);
  EXPECT_EQ(TotalRecords(known), 7);
  job.outputs = {{.id = {}, .records = 3}, {.id = {}, .records = 6}};
  EXPECT_EQ(TotalRecords(*ApplyCountingRules(job, &known, kContext).finished), 9);
}

TEST(CountingRules, SumsRepeatedOutputsWithoutOverflow) {
  Job job = Finished(JobStatus::kCompleted, 5000, 5002);
  job.outputs = {{.id = 1, .records = 3}, {.id = 1, .records = 4}};
  EXPECT_THAT(Remember(job).outputs, ElementsAre(OutputRecords{1, 7}));
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  job.outputs = {{.id = 1, .records = kMax}, {.id = 1, .records = 4}, {.id = 2, .records = kMax}};
  EXPECT_EQ(TotalRecords(Remember(job)), kMax);
}

TEST(CountingRules, IgnoresAStaleCopyOfAFinishedJob) {
  const FinishedJob known = Remember(Finished(JobStatus::kCompleted, 5000, 5002));
  Job older = Finished(JobStatus::kFailed, 4000, 4002);
  older.outputs = {{.id = 1, .records = 99}};
  const JobDecision decision = ApplyCountingRules(older, &known, kContext);
  EXPECT_TRUE(decision.stale);
  EXPECT_FALSE(decision.finished);
  EXPECT_FALSE(decision.unfinished);
}

TEST(IsOlder, IgnoresTimesAheadOfTheServer) {
  const Timestamp now = FromUnix(1000);
  EXPECT_TRUE(IsOlder(FromUnix(999), FromUnix(1000), now));
  EXPECT_FALSE(IsOlder(FromUnix(1000), FromUnix(1000), now));
  EXPECT_FALSE(IsOlder(FromUnix(999), FromUnix(5000), now));
  EXPECT_FALSE(IsOlder(std::nullopt, FromUnix(1000), now));
  EXPECT_FALSE(IsOlder(FromUnix(999), std::nullopt, now));
}

TEST(CountingRules, IgnoresStaleUnfinishedCopy) {
  const FinishedJob known = Remember(Finished(JobStatus::kCompleted, 5000, 5002));
  for (const int64_t updated : {4000, 5002}) {
    const auto decision =
        ApplyCountingRules(MakeJob(7, JobStatus::kRunning, FromUnix(updated)), &known, kContext);
    EXPECT_TRUE(decision.stale) << updated;
    EXPECT_THAT(decision.anomalies, IsEmpty());
  }
}

TEST(CountingRules, ReopenedJobIsUnfinishedAndAnomaly) {
  const FinishedJob known = Remember(Finished(JobStatus::kCompleted, 5000, 5002));
  const auto decision =
      ApplyCountingRules(MakeJob(7, JobStatus::kRunning, FromUnix(5003)), &known, kContext);
  EXPECT_TRUE(decision.unfinished);
  EXPECT_FALSE(decision.finished);
  EXPECT_THAT(decision.anomalies, ElementsAre(AnomalyReason::kReopened));
}

TEST(CountingRules, KeepsTheFirstCountedStatus) {
  const FinishedJob known = Remember(Finished(JobStatus::kCompleted, 5000, 5002));
  const auto decision =
      ApplyCountingRules(Finished(JobStatus::kFailed, 6000, 6001), &known, kContext);
  EXPECT_EQ(decision.finished->counted_as, JobStatus::kCompleted);
  EXPECT_EQ(decision.finished->status, JobStatus::kFailed);
  EXPECT_EQ(decision.finished->finished_at, FromUnix(6000));
}

TEST(CountingRules, KeepsTheCountedRuntimeAndWait) {
  const FinishedJob known = Remember(Finished(JobStatus::kCompleted, 5000, 5002));
  Job later = Finished(JobStatus::kCompleted, 5000, 5010);
  later.runtime_seconds = 600;
  later.created_at = FromUnix(1);
  const auto decision = ApplyCountingRules(later, &known, kContext);
  EXPECT_EQ(decision.finished->runtime_seconds, 60);
  EXPECT_EQ(decision.finished->wait_seconds, 40);
}

TEST(CountingRules, UnstartedJobHasNoRuntime) {
  Job job = MakeJob(7, JobStatus::kStopped, FromUnix(5000));
  job.created_at = FromUnix(4000);
  job.runtime_seconds = 0;
  const FinishedJob record = Remember(job);
  EXPECT_EQ(record.counted_as, JobStatus::kStopped);
  EXPECT_EQ(record.finished_at, FromUnix(5000));
  EXPECT_EQ(record.runtime_seconds, std::nullopt);
  EXPECT_EQ(record.wait_seconds, std::nullopt);
}

TEST(CountingRules, FailureWithoutTimeUsesItsRuntime) {
  Job job = Finished(JobStatus::kFailed, 5000, 5002);
  job.completed_at.reset();
  EXPECT_EQ(Remember(job).finished_at, FromUnix(5000));
  job.failed_at = FromUnix(5001);
  EXPECT_EQ(Remember(job).finished_at, FromUnix(5001));
  job.failed_at.reset();
  job.runtime_seconds.reset();
  EXPECT_EQ(Remember(job).finished_at, FromUnix(5002));
}

TEST(CountingRules, JobWithoutTimesUsesServerClock) {
  Job job = MakeJob(7, JobStatus::kFailed, {});
  job.updated_at.reset();
  const JobDecision decision = ApplyCountingRules(job, nullptr, kContext);
  EXPECT_EQ(decision.finished->finished_at, kContext.server_time);
  EXPECT_THAT(decision.anomalies, ElementsAre(AnomalyReason::kMissingTime));
  const JobDecision again = ApplyCountingRules(
      job, &*decision.finished, {.count_from = FromUnix(1000), .server_time = FromUnix(9999)});
  EXPECT_EQ(again.finished, decision.finished);  // and stays with it
}

TEST(CountingRules, ComputesMissingRuntimeFromTimes) {
  Job job = Finished(JobStatus::kCompleted, 5000, 5002);
  job.runtime_seconds.reset();
  EXPECT_EQ(Remember(job).runtime_seconds, 60);
  job.started_at = FromUnix(6000);  // clocks that disagree: never negative
  job.created_at = FromUnix(7000);
  EXPECT_EQ(Remember(job).runtime_seconds, 0);
  EXPECT_EQ(Remember(job).wait_seconds, 0);
}

TEST(CountingRules, UnknownStatusIsUnfinishedAndReported) {
  const JobDecision decision =
      ApplyCountingRules(MakeJob(7, JobStatus::kUnknown, FromUnix(5000)), nullptr, kContext);
  EXPECT_TRUE(decision.unfinished);
  EXPECT_THAT(decision.anomalies, ElementsAre(AnomalyReason::kUnknownStatus));
}

TEST(CountingRules, CountsAMalformedJobAndReportsIt) {
  Job job = Finished(JobStatus::kCompleted, 5000, 5002);
  job.malformed = true;
  const JobDecision decision = ApplyCountingRules(job, nullptr, kContext);
  EXPECT_TRUE(decision.finished);
  EXPECT_THAT(decision.anomalies, ElementsAre(AnomalyReason::kMalformed));
}

}  // namespace
}  // namespace xplenty::counting_test
