#include "ledger/series.h"

#include <memory>

#include <gtest/gtest.h>

#include "support/figures.h"

namespace xplenty::series_test {
namespace {

JobCounters ZeroCounters() {
  return JobCounters(std::make_shared<const BucketBounds>(kRuntimeBounds),
                     std::make_shared<const BucketBounds>(kWaitBounds));
}

FinishedJob Counted(int64_t id, int64_t time, int64_t runtime = 20, int64_t records = 5) {
  return {.id = id,
          .counted_as = JobStatus::kCompleted,
          .status = JobStatus::kCompleted,
          .finished_at = FromUnix(time),
          .runtime_seconds = runtime,
          .outputs = {{.output = 1, .records = records}}};
}

class SeriesTest : public testing::Test {
 protected:
  const JobCounters& counters() { return series_.View(1)->counters; }

  Series series_{{"p", "c"}, ZeroCounters()};
};

TEST_F(SeriesTest, CountsANewJobOnce) {
  series_.Count(Counted(1, 100), nullptr);
  EXPECT_EQ(counters().finished[0], 1U);
  EXPECT_EQ(counters().records, 5U);
  EXPECT_EQ(counters().runtime[0].sum(), 20);
  EXPECT_EQ(series_.activity().last_event(), FromUnix(100));
}

TEST_F(SeriesTest, AddsOnlyWhatACorrectionRaises) {
  const FinishedJob previous = Counted(1, 100);
  series_.Count(previous, nullptr);
  series_.Count(Counted(1, 110, 20, 9), &previous);
  EXPECT_EQ(counters().finished[0], 1U);
  EXPECT_EQ(counters().records, 9U);
  EXPECT_EQ(counters().runtime[0].count(), 1U);
  EXPECT_EQ(counters().runtime[0].exemplars()[1]->finished_at, FromUnix(110));
}

TEST_F(SeriesTest, LeavesCountersWithoutACountedStatus) {
  FinishedJob early = Counted(1, 100);
  early.counted_as = std::nullopt;
  const auto view = series_.View(1);
  series_.Count(early, nullptr);
  EXPECT_EQ(series_.View(1), view);
}

TEST_F(SeriesTest, ShowsFrozenCountersUntilUnfrozen) {
  series_.Count(Counted(1, 100), nullptr);
  series_.Freeze();
  series_.Count(Counted(2, 200), nullptr);
  EXPECT_EQ(counters().finished[0], 1U);
  series_.Unfreeze();
  EXPECT_EQ(counters().finished[0], 2U);
}

TEST_F(SeriesTest, NeedsExemplarsWhenTheShownMovesBack) {
  const FinishedJob first = Counted(1, 100);
  const FinishedJob shown = Counted(2, 200);
  series_.Count(first, nullptr);
  series_.Count(shown, nullptr);
  EXPECT_TRUE(series_.NeedsExemplars(shown, Counted(2, 50)));
  EXPECT_FALSE(series_.NeedsExemplars(shown, Counted(2, 250)));
  EXPECT_FALSE(series_.NeedsExemplars(first, Counted(1, 50)));
  JobCounters computed = ZeroCounters();
  CountJob(first, computed);
  series_.ReplaceExemplars(computed);
  EXPECT_EQ(counters().runtime[0].exemplars()[1]->job_id, 1);
  EXPECT_EQ(counters().finished[0], 2U) << "only exemplars are replaced";
}

TEST_F(SeriesTest, IsIdleWithoutUnfinishedJobs) {
  EXPECT_TRUE(series_.IsIdle());
  EXPECT_FALSE(series_.HasJobs());
  UnfinishedJob job;
  job.id = 1;
  series_.SetUnfinished(job);
  EXPECT_FALSE(series_.IsIdle());
  EXPECT_TRUE(series_.HasJobs());
  series_.RemoveUnfinished(1);
  series_.AddRecent(JobStatus::kFailed, +1);
  EXPECT_TRUE(series_.IsIdle());
  EXPECT_TRUE(series_.HasJobs());
  series_.AddRecent(JobStatus::kFailed, -1);
  EXPECT_FALSE(series_.HasJobs());
  series_.Freeze();
  EXPECT_FALSE(series_.IsIdle());
}

TEST_F(SeriesTest, ActivityIsTheLatestEvent) {
  SeriesActivity activity;
  activity.RecordEvent(FromUnix(100));
  activity.RecordEvent(FromUnix(50));
  EXPECT_EQ(activity.last_event(), FromUnix(100));
  EXPECT_TRUE(activity.IsScrapedBy(0)) << "there is nothing to show";
  activity.MarkUnscraped();
  EXPECT_FALSE(activity.IsScrapedBy(9));
  activity.RecordView(7);
  activity.RecordView(8);
  EXPECT_FALSE(activity.IsScrapedBy(6));
  EXPECT_TRUE(activity.IsScrapedBy(7));
}

TEST_F(SeriesTest, GivesTheSameViewUntilChanged) {
  const auto view = series_.View(1);
  EXPECT_EQ(series_.View(1), view);
  series_.AddRecent(JobStatus::kFailed, +1);
  EXPECT_NE(series_.View(1), view);
  EXPECT_EQ(series_.View(1)->jobs[static_cast<size_t>(JobStatus::kFailed)], 1U);
}

}  // namespace
}  // namespace xplenty::series_test
