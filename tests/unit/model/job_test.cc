#include "model/job.h"

#include <limits>

#include <gtest/gtest.h>

namespace xplenty::job_test {
namespace {

Job FinishedJob(JobStatus status) {
  Job job;
  job.id = 1;
  job.status = status;
  job.updated_at = FromUnix(4000);
  return job;
}

TEST(FinishTime, PrefersCompletedAt) {
  Job job = FinishedJob(JobStatus::kCompleted);
  job.completed_at = FromUnix(100);
  job.started_at = FromUnix(10);
  job.runtime_seconds = 50;
  EXPECT_EQ(FinishTime(job), FromUnix(100));
}

TEST(FinishTime, FailedAtIsForFailedJobs) {
  Job job = FinishedJob(JobStatus::kFailed);
  job.failed_at = FromUnix(200);
  EXPECT_EQ(FinishTime(job), FromUnix(200));
  job.status = JobStatus::kStopped;
  EXPECT_EQ(FinishTime(job), FromUnix(4000));
}

TEST(FinishTime, FallsBackToStartPlusRuntime) {
  Job job = FinishedJob(JobStatus::kFailed);
  job.started_at = FromUnix(1000);
  job.runtime_seconds = 60;
  EXPECT_EQ(FinishTime(job), FromUnix(1060));
}

TEST(FinishTime, FallsBackToUpdatedAt) {
  Job job = FinishedJob(JobStatus::kStopped);
  job.runtime_seconds = 0;
  EXPECT_EQ(FinishTime(job), FromUnix(4000));
  job.updated_at.reset();
  EXPECT_EQ(FinishTime(job), std::nullopt);
}

TEST(TotalRecords, SumsTheOutputsAndSaturates) {
  Job job;
  EXPECT_EQ(TotalRecords(job), 0);
  job.outputs = {{.id = 1, .records = 5}, {.id = 2, .records = 7}};
  EXPECT_EQ(TotalRecords(job), 12);
  job.outputs.push_back({.id = 3, .records = std::numeric_limits<int64_t>::max()});
  EXPECT_EQ(TotalRecords(job), std::numeric_limits<int64_t>::max());
}

}  // namespace
}  // namespace xplenty::job_test
