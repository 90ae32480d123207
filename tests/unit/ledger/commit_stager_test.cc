#include "ledger/commit_stager.h"

#include <chrono>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger_fixture.h"

namespace xplenty {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

// A database in memory with its aggregates, without a ledger.
class CommitStagerTest : public testing::Test {
 protected:
  CommitStager NewStager() {
    return {database_, aggregates_, options_.labels,
            CountingContext{.count_from = kNow - kLookback, .server_time = kNow},
            /*zero_first=*/true};
  }
  // Does what a ledger does.
  void Commit(const std::vector<Job>& jobs) {
    CommitStager stager = NewStager();
    for (const Job& job : jobs) ASSERT_TRUE(stager.StageJob(job));
    ASSERT_TRUE(stager.StageRecomputation());
    ASSERT_TRUE(database_.Write(stager.pending().batch));
    aggregates_.Apply(stager.pending());
  }
  static AggregateOptions Options() {
    AggregateOptions options = TestOptions("").aggregates;
    options.includes = [](std::string_view name) { return name != "p9"; };
    return options;
  }
  static JobDatabase NewDatabase() {
    JobDatabase database = std::move(*JobDatabase::Open("", "acme"));
    EXPECT_TRUE(database.ReadState());
    return database;
  }

  const AggregateOptions options_ = Options();
  JobDatabase database_ = NewDatabase();
  JobAggregates aggregates_{options_};
};

TEST_F(CommitStagerTest, StagesANewJobWithItsSeries) {
  CommitStager stager = NewStager();
  ASSERT_TRUE(stager.StageJob(FinishedRow(1, JobStatus::kFailed, kNow)));
  const PendingCommit& pending = stager.pending();
  EXPECT_THAT(pending.new_series, ElementsAre(SeriesLabels{"p1", "c1"}));
  ASSERT_EQ(pending.batch.package_clusters.size(), 1U);
  EXPECT_TRUE(pending.batch.package_clusters[0].after.zero_pending);
  ASSERT_EQ(pending.batch.jobs.size(), 1U);
  EXPECT_FALSE(pending.batch.jobs[0].before);
  EXPECT_EQ(pending.batch.jobs[0].after.package_cluster, 1);
  EXPECT_TRUE(pending.batch.jobs[0].after.zero_pending);
}

TEST_F(CommitStagerTest, ChangesNothingByItself) {
  CommitStager stager = NewStager();
  ASSERT_TRUE(stager.StageJob(FinishedRow(1, JobStatus::kFailed, kNow)));
  EXPECT_FALSE(*database_.FindJob(1));
  EXPECT_EQ(aggregates_.package_clusters().size(), 0);
}

TEST_F(CommitStagerTest, StagesAJobSeenTwiceOnce) {
  Commit({FinishedRow(1, JobStatus::kCompleted, kNow, 1, 5)});
  const FinishedJob stored = **database_.FindJob(1);
  CommitStager stager = NewStager();
  ASSERT_TRUE(stager.StageJob(FinishedRow(1, JobStatus::kCompleted, kNow, 1, 7)));
  ASSERT_TRUE(stager.StageJob(FinishedRow(1, JobStatus::kCompleted, kNow, 1, 9)));
  ASSERT_EQ(stager.pending().batch.jobs.size(), 1U);
  const JobChange& change = stager.pending().batch.jobs[0];
  EXPECT_EQ(change.before, stored);
  EXPECT_EQ(TotalRecords(change.after), 9);
}

TEST_F(CommitStagerTest, LeavesAKnownRowAlone) {
  const Job job = FinishedRow(1, JobStatus::kCompleted, kNow);
  Commit({job});
  CommitStager stager = NewStager();
  ASSERT_TRUE(stager.StageJob(job));
  EXPECT_FALSE(stager.pending().batch.has_rows());
}

TEST_F(CommitStagerTest, ReturnsAReopenedJobToTheFinished) {
  const Job job = FinishedRow(1, JobStatus::kCompleted, kNow);
  Commit({job});
  Commit({MakeJob(1, JobStatus::kRunning, kNow + seconds(5))});
  EXPECT_NE(aggregates_.unfinished().Find(1), nullptr);
  Commit({job});
  EXPECT_EQ(aggregates_.unfinished().Find(1), nullptr);
  EXPECT_TRUE(aggregates_.IsInPlace(**database_.FindJob(1)));
}

TEST_F(CommitStagerTest, TakesTheLastStateOfAPage) {
  const Job running = MakeJob(1, JobStatus::kRunning, kNow - seconds(5));
  CommitStager stager = NewStager();
  ASSERT_TRUE(stager.StageJob(running));
  EXPECT_EQ(stager.pending().unfinished.size(), 1U);
  ASSERT_TRUE(stager.StageJob(FinishedRow(1, JobStatus::kCompleted, kNow)));
  EXPECT_THAT(stager.pending().unfinished, IsEmpty());
  EXPECT_EQ(stager.pending().batch.jobs.size(), 1U);
}

TEST_F(CommitStagerTest, RemembersHiddenPackagesWithoutFigures) {
  CommitStager stager = NewStager();
  ASSERT_TRUE(stager.StageJob(FinishedRow(1, JobStatus::kCompleted, kNow, 9)));
  ASSERT_TRUE(stager.StageJob(MakeJob(2, JobStatus::kRunning, kNow, 9)));
  EXPECT_THAT(stager.pending().new_series, IsEmpty());
  EXPECT_THAT(stager.pending().unfinished, IsEmpty());
  ASSERT_EQ(stager.pending().batch.jobs.size(), 1U);
  EXPECT_FALSE(stager.pending().batch.jobs[0].after.zero_pending);
}

TEST_F(CommitStagerTest, StagesAnAnomalyOnce) {
  const Anomaly anomaly{AnomalyReason::kMalformed, 77};
  CommitStager first = NewStager();
  ASSERT_TRUE(first.StageAnomaly(anomaly));
  ASSERT_TRUE(first.StageAnomaly(anomaly));
  EXPECT_EQ(first.pending().batch.anomalies.size(), 1U);
  ASSERT_TRUE(database_.Write(first.pending().batch));
  CommitStager second = NewStager();
  ASSERT_TRUE(second.StageAnomaly(anomaly));
  EXPECT_FALSE(second.pending().batch.has_rows());
}

TEST_F(CommitStagerTest, RecomputesOnlyWhatACorrectionHides) {
  Job latest = FinishedRow(3, JobStatus::kCompleted, kNow);
  Commit({FinishedRow(1, JobStatus::kCompleted, kNow - seconds(9)),
          FinishedRow(2, JobStatus::kFailed, kNow - seconds(5)), latest,
          FinishedRow(4, JobStatus::kCompleted, kNow, 2)});
  latest.completed_at = kNow - seconds(7);
  CommitStager stager = NewStager();
  ASSERT_TRUE(stager.StageJob(latest));
  ASSERT_TRUE(stager.StageRecomputation());
  ASSERT_TRUE(stager.pending().recomputed);
  const auto& histories = stager.pending().recomputed->histories();
  ASSERT_EQ(histories.size(), 1U);
  const PackageView others = histories.at("p1").View("p1");
  EXPECT_EQ(others.recent->size(), 2U) << "without the job that the commit changes";
  EXPECT_EQ(others.last_success->time, kNow - seconds(9));
}

}  // namespace
}  // namespace xplenty
