#include "ledger/staging.h"

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger_fixture.h"

namespace xplenty::staging_test {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

// A database in memory with its aggregates, without a ledger.
class StagingTest : public testing::Test {
 protected:
  PendingCommit Stage(const std::vector<Job>& jobs, const std::vector<RejectedRow>& rejects = {}) {
    const auto stored = FindStored(database_, jobs);
    EXPECT_TRUE(aggregates_.Recall(database_, jobs, *stored));
    auto pending = StagePage(database_, aggregates_, options_, header_,
                             {.jobs = jobs,
                              .rejects = rejects,
                              .server_time = kNow,
                              .watermark = {},
                              .scraped_version = 0},
                             *stored);
    EXPECT_TRUE(pending);
    return std::move(*pending);
  }
  // Does what a ledger does.
  void Commit(const std::vector<Job>& jobs) {
    const PendingCommit pending = Stage(jobs);
    ASSERT_TRUE(database_.Write(pending.batch));
    aggregates_.Apply(pending);
  }
  static AggregateOptions Options() {
    AggregateOptions options = TestOptions("").aggregates;
    options.includes = [](std::string_view name) { return name != "p9"; };
    options.zero_first = true;
    return options;
  }
  static LedgerHeader Header() {
    LedgerHeader header;
    header.account = "acme";
    header.count_from = kNow - kLookback;
    header.initial_sync_complete = true;
    return header;
  }
  static JobDatabase NewDatabase() {
    JobDatabase database = std::move(*JobDatabase::Open("", "acme"));
    EXPECT_TRUE(database.ReadState());
    return database;
  }

  const LedgerHeader header_ = Header();
  JobDatabase database_ = NewDatabase();
  const AggregateOptions options_ = Options();
  JobAggregates aggregates_{options_};
};

TEST_F(StagingTest, StagesANewJobWithItsSeries) {
  const std::vector<Job> page = {FinishedRow(1, JobStatus::kFailed, kNow)};
  const PendingCommit pending = Stage(page);
  EXPECT_THAT(pending.new_series, ElementsAre(SeriesLabels{"p1", "c1"}));
  ASSERT_EQ(pending.batch.package_clusters.size(), 1U);
  EXPECT_TRUE(pending.batch.package_clusters[0].after.zero_pending);
  ASSERT_EQ(pending.batch.jobs.size(), 1U);
  EXPECT_FALSE(pending.batch.jobs[0].previous);
  EXPECT_EQ(pending.batch.jobs[0].after.package_cluster, 1);
  EXPECT_TRUE(pending.batch.jobs[0].after.zero_pending);
}

TEST_F(StagingTest, NamesAFoldedPackageOnce) {
  AggregateOptions options = options_;
  options.max_series = 12;  // no room
  aggregates_ = JobAggregates(options);
  const std::vector<Job> page = {FinishedRow(1, JobStatus::kFailed, kNow, 1),
                                 FinishedRow(2, JobStatus::kFailed, kNow, 1)};
  EXPECT_THAT(Stage(page).folded_packages, ElementsAre("p1"));
  Commit(page);
  EXPECT_THAT(Stage({FinishedRow(3, JobStatus::kFailed, kNow, 1)}).folded_packages, IsEmpty());
}

TEST_F(StagingTest, ChangesNothingByItself) {
  Stage({FinishedRow(1, JobStatus::kFailed, kNow)});
  EXPECT_FALSE(*database_.FindJob(1));
  EXPECT_EQ(aggregates_.figures().package_clusters.Find(1), nullptr);
}

TEST_F(StagingTest, StagesAJobSeenTwiceOnce) {
  Commit({FinishedRow(1, JobStatus::kCompleted, kNow, 1, 5)});
  const FinishedJob stored = **database_.FindJob(1);
  const PendingCommit pending = Stage({FinishedRow(1, JobStatus::kCompleted, kNow, 1, 7),
                                       FinishedRow(1, JobStatus::kCompleted, kNow, 1, 9)});
  ASSERT_EQ(pending.batch.jobs.size(), 1U);
  EXPECT_EQ(pending.batch.jobs[0].previous, stored);
  EXPECT_EQ(TotalRecords(pending.batch.jobs[0].after), 9);
}

TEST_F(StagingTest, LeavesAKnownRowAlone) {
  const Job job = FinishedRow(1, JobStatus::kCompleted, kNow);
  Commit({job});
  EXPECT_FALSE(Stage({job}).batch.has_rows());
}

TEST_F(StagingTest, ReturnsAReopenedJobToTheFinished) {
  const Job job = FinishedRow(1, JobStatus::kCompleted, kNow);
  Commit({job});
  Commit({MakeJob(1, JobStatus::kRunning, kNow + seconds(5))});
  EXPECT_NE(aggregates_.unfinished().Find(1), nullptr);
  Commit({job});
  EXPECT_EQ(aggregates_.unfinished().Find(1), nullptr);
  EXPECT_TRUE(aggregates_.figures().recent.contains(1));
}

TEST_F(StagingTest, TakesTheLastStateOfAPage) {
  const Job running = MakeJob(1, JobStatus::kRunning, kNow - seconds(5));
  const std::vector<Job> page = {running, FinishedRow(1, JobStatus::kCompleted, kNow)};
  const PendingCommit pending = Stage(page);
  EXPECT_THAT(pending.unfinished, IsEmpty());
  EXPECT_EQ(pending.batch.jobs.size(), 1U);
}

TEST_F(StagingTest, RemembersHiddenPackagesWithoutFigures) {
  const std::vector<Job> page = {FinishedRow(1, JobStatus::kCompleted, kNow, 9),
                                 MakeJob(2, JobStatus::kRunning, kNow, 9)};
  const PendingCommit pending = Stage(page);
  EXPECT_THAT(pending.new_series, IsEmpty());
  EXPECT_THAT(pending.unfinished, IsEmpty());
  ASSERT_EQ(pending.batch.jobs.size(), 1U);
  EXPECT_FALSE(pending.batch.jobs[0].after.zero_pending);
}

TEST_F(StagingTest, StagesAnAnomalyOnce) {
  const std::vector<RejectedRow> rejects = {{.fingerprint = 77}, {.fingerprint = 77}};
  const PendingCommit first = Stage({}, rejects);
  EXPECT_THAT(first.batch.anomalies, ElementsAre(Anomaly{AnomalyReason::kMalformed, 77}));
  ASSERT_TRUE(database_.Write(first.batch));
  EXPECT_FALSE(Stage({}, rejects).batch.has_rows());
}

TEST_F(StagingTest, RecomputesOnlyWhatACorrectionHides) {
  Job latest = FinishedRow(3, JobStatus::kCompleted, kNow);
  Commit({FinishedRow(1, JobStatus::kCompleted, kNow - seconds(9)),
          FinishedRow(2, JobStatus::kFailed, kNow - seconds(5)), latest,
          FinishedRow(4, JobStatus::kCompleted, kNow, 2)});
  latest.completed_at = kNow - seconds(7);
  const PendingCommit pending = Stage({latest});
  ASSERT_TRUE(pending.recomputed);
  const auto& histories = pending.recomputed->histories();
  ASSERT_EQ(histories.size(), 1U);
  const PackageView corrected = histories.at("p1").View("p1");
  EXPECT_EQ(corrected.recent->size(), 3U);
  EXPECT_EQ(corrected.last_success->finished_at, kNow - seconds(7));
}

TEST_F(StagingTest, StagesWhatTwoReconcilesMissed) {
  Commit({MakeJob(1, JobStatus::kRunning, kNow), MakeJob(2, JobStatus::kRunning, kNow)});
  for (const size_t reported : {size_t{0}, size_t{2}}) {
    const auto pending = StageReconcile(database_, aggregates_, options_, header_, /*sequence=*/1);
    ASSERT_TRUE(pending);
    EXPECT_EQ(pending->reported, reported);
    EXPECT_EQ(pending->batch.anomalies.size(), reported);
    aggregates_.Apply(*pending);
  }
  EXPECT_TRUE(aggregates_.unfinished().all().empty());
}

}  // namespace
}  // namespace xplenty::staging_test
