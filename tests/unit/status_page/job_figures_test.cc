#include "status_page/job_figures.h"

#include <memory>

#include <gtest/gtest.h>

namespace xplenty::job_figures_test {
namespace {

constexpr Timestamp kThen = FromUnix(1'000'000'000);

FinishedRun ARun(JobStatus status, std::optional<int64_t> runtime) {
  return {.finished_at = kThen, .id = 1, .status = status, .runtime_seconds = runtime};
}

UnfinishedJob AJob(JobStatus status, std::optional<Timestamp> started) {
  return {.id = 1, .status = status, .started_at = started};
}

TEST(MedianRuntime, IsThatOfTheRunsThatCompleted) {
  EXPECT_EQ(MedianRuntime({}), std::nullopt);
  EXPECT_EQ(MedianRuntime({ARun(JobStatus::kFailed, 5), ARun(JobStatus::kCompleted, std::nullopt)}),
            std::nullopt);
  EXPECT_EQ(MedianRuntime({ARun(JobStatus::kCompleted, 9), ARun(JobStatus::kCompleted, 1),
                           ARun(JobStatus::kFailed, 500), ARun(JobStatus::kCompleted, 4)}),
            4);
  EXPECT_EQ(MedianRuntime({ARun(JobStatus::kCompleted, 9), ARun(JobStatus::kCompleted, 1)}), 9);
}

TEST(CompletedRuns, LeaveOutOtherOutcomes) {
  EXPECT_EQ(CompletedRuns({}), 0);
  EXPECT_EQ(CompletedRuns({ARun(JobStatus::kCompleted, 9), ARun(JobStatus::kFailed, 1),
                           ARun(JobStatus::kStopped, 1), ARun(JobStatus::kCompleted, {})}),
            2);
}

TEST(JobCounts, AddUpTheJobsOfAllSeries) {
  const auto bounds = std::make_shared<const BucketBounds>();
  SeriesView series{.package = "a", .cluster = "b", .counters = JobCounters(bounds, bounds)};
  series.jobs[static_cast<size_t>(JobStatus::kFailed)] = 2;
  AccountView view;
  view.series = {std::make_shared<const SeriesView>(series),
                 std::make_shared<const SeriesView>(series)};
  const auto by_status = CountJobs(view).by_status;
  EXPECT_EQ(by_status.at(static_cast<size_t>(JobStatus::kFailed)), 4U);
  EXPECT_EQ(by_status.at(static_cast<size_t>(JobStatus::kCompleted)), 0U);
}

TEST(JobCounts, TellRunningJobsFromWaitingOnes) {
  AccountView view;
  view.unfinished = std::make_shared<std::vector<UnfinishedJob>>(
      std::vector{AJob(JobStatus::kStopping, kThen), AJob(JobStatus::kQueued, {}),
                  AJob(JobStatus::kRunning, {}),  // it runs, but the API does not give its start
                  AJob(JobStatus::kRunning, kThen)});
  const JobCounts counts = CountJobs(view);
  EXPECT_EQ(counts.running, 3U);
  EXPECT_EQ(counts.waiting, 1U);
}

}  // namespace
}  // namespace xplenty::job_figures_test
