#include "ledger/unfinished_jobs.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/figures.h"

namespace xplenty::unfinished_jobs_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class UnfinishedJobsTest : public testing::Test {
 protected:
  UnfinishedJobsTest()
      : zero_(std::make_shared<const BucketBounds>(kRuntimeBounds),
              std::make_shared<const BucketBounds>(kWaitBounds)) {}

  UnfinishedJobs::Entry Running(int64_t id, Series& series, uint64_t sequence = 1) {
    UnfinishedJobs::Entry entry{.sequence = sequence, .series = &series};
    entry.view.id = id;
    entry.view.package = series.labels().package;
    entry.view.status = JobStatus::kRunning;
    return entry;
  }
  static uint64_t CountIn(Series& series) {
    return series.View(1)->jobs[static_cast<size_t>(JobStatus::kRunning)];
  }

  JobCounters zero_;
  Series one_{{"one", "c"}, zero_};
  Series other_{{"other", "c"}, zero_};
  UnfinishedJobs jobs_;
};

TEST_F(UnfinishedJobsTest, ShowsAJobInItsSeries) {
  EXPECT_THAT(jobs_.Set(Running(1, one_)), ElementsAre(&one_));
  EXPECT_EQ(CountIn(one_), 1U);
  EXPECT_EQ(jobs_.View()->at(0).package, "one");
  EXPECT_EQ(jobs_.Erase(1), &one_);
  EXPECT_EQ(CountIn(one_), 0U);
  EXPECT_THAT(*jobs_.View(), IsEmpty());
  EXPECT_EQ(jobs_.Erase(1), nullptr);
}

TEST_F(UnfinishedJobsTest, MovesAJobToAnotherSeries) {
  jobs_.Set(Running(1, one_));
  EXPECT_THAT(jobs_.Set(Running(1, other_)), ElementsAre(&one_, &other_));
  EXPECT_EQ(CountIn(one_), 0U);
  EXPECT_EQ(CountIn(other_), 1U);
}

TEST_F(UnfinishedJobsTest, ChangesNothingForTheSameJob) {
  jobs_.Set(Running(1, one_));
  const auto list = jobs_.View();
  const auto view = one_.View(1);
  EXPECT_THAT(jobs_.Set(Running(1, one_, 2)), IsEmpty());
  EXPECT_EQ(jobs_.View(), list);
  EXPECT_EQ(one_.View(1), view);
  EXPECT_EQ(jobs_.Find(1)->sequence, 2U);
}

TEST_F(UnfinishedJobsTest, NamesStatusesOfJobsNotSeen) {
  jobs_.Set(Running(1, one_, 5));
  auto queued = Running(2, one_, 3);
  queued.view.status = JobStatus::kQueued;
  jobs_.Set(queued);
  EXPECT_THAT(jobs_.StatusesNotSeenSince(2), IsEmpty());
  EXPECT_THAT(jobs_.StatusesNotSeenSince(3), ElementsAre(JobStatus::kQueued));
  EXPECT_THAT(jobs_.StatusesNotSeenSince(5), ElementsAre(JobStatus::kQueued, JobStatus::kRunning));
}

TEST_F(UnfinishedJobsTest, MissesAJobTwiceInARow) {
  jobs_.Set(Running(1, one_, 1));
  EXPECT_THAT(jobs_.MissedTwiceSince(1), IsEmpty()) << "the first time";
  jobs_.CountMissesSince(1);
  EXPECT_THAT(jobs_.MissedTwiceSince(1), ElementsAre(1));
  jobs_.Set(Running(1, one_, 2));
  jobs_.CountMissesSince(1);
  EXPECT_THAT(jobs_.MissedTwiceSince(2), IsEmpty()) << "it was seen in between";
}

}  // namespace
}  // namespace xplenty::unfinished_jobs_test
