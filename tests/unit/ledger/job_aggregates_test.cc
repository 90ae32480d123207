#include "ledger/job_aggregates.h"

#include <chrono>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/staging.h"
#include "ledger_fixture.h"

namespace xplenty::job_aggregates_test {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;

PackageClusterRow Row(int64_t id, bool zero_pending = false) {
  const std::string number = std::to_string(id);
  return {.id = id,
          .names = {.package_id = id,
                    .cluster_id = id,
                    .package_name = "p" + number,
                    .cluster_name = "c" + number},
          .seen_at = kNow - hours(1),
          .zero_pending = zero_pending};
}

FinishedJob Counted(int64_t id, int64_t package_cluster, Timestamp time = kNow) {
  return {.id = id,
          .package_cluster = package_cluster,
          .counted_as = JobStatus::kFailed,
          .status = JobStatus::kFailed,
          .finished_at = time,
          .runtime_seconds = 20};
}

uint64_t Failed(const AccountView& view, const std::string& package) {
  for (const auto& series : view.series) {
    if (series->package == package) return series->counters.finished[1];
  }
  return 0;
}

class JobAggregatesTest : public testing::Test {
 protected:
  JobAggregatesTest() { EXPECT_TRUE(database_.ReadState()); }

  AccountView View() { return aggregates_.BuildView(++version_); }
  void Store(const std::vector<PackageClusterRow>& rows,
             const std::vector<FinishedJob>& jobs = {}) {
    WriteBatch batch;
    batch.header.watermark = kNow;
    for (const PackageClusterRow& row : rows) {
      batch.package_clusters.push_back({.previous = {}, .after = row});
    }
    for (const FinishedJob& job : jobs) batch.jobs.push_back({.previous = {}, .after = job});
    ASSERT_TRUE(database_.Write(batch));
  }
  // Returns the rows that are no longer pending.
  ZeroFirst::Rows Restore(JobAggregates& aggregates, const JobAggregates* earlier = nullptr) {
    auto rows = aggregates.Restore(database_, *database_.ReadState(), earlier);
    EXPECT_TRUE(rows);
    return *rows;
  }
  // Does what a ledger does before it stages a page of one job.
  void Recall(JobAggregates& aggregates, const Job& job) {
    const std::vector<Job> page = {job};
    ASSERT_TRUE(aggregates.Recall(database_, page, *FindStored(database_, page)));
  }

  JobDatabase database_ = std::move(*JobDatabase::Open("", "acme"));
  AggregateOptions options_ = TestOptions("").aggregates;
  JobAggregates aggregates_{options_};
  uint64_t version_ = 0;
};

TEST_F(JobAggregatesTest, AppliesANewJobToAllFigures) {
  PendingCommit commit;
  commit.server_time = kNow;
  commit.new_series = {{"p1", "c1"}};
  commit.batch.package_clusters = {{.previous = {}, .after = Row(1)}};
  commit.batch.jobs = {{.previous = {}, .after = Counted(5, 1)}};
  commit.batch.anomalies = {{AnomalyReason::kMalformed, 5}};
  aggregates_.Apply(commit);
  EXPECT_TRUE(aggregates_.changed());
  const AccountView view = View();
  EXPECT_EQ(Failed(view, "p1"), 1U);
  EXPECT_EQ(view.packages.front().consecutive_failures, 1U);
  EXPECT_EQ(view.failures->at(0).id, 5);
  EXPECT_EQ(view.tracked_jobs, 1U);
  EXPECT_EQ(view.anomalies[0], 1U);
  EXPECT_FALSE(aggregates_.changed());
}

TEST_F(JobAggregatesTest, RestoresPendingSeriesAtZero) {
  FinishedJob pending = Counted(5, 1);
  pending.zero_pending = true;
  Store({Row(1, /*zero_pending=*/true), Row(2)}, {pending, Counted(6, 2)});
  const ZeroFirst::Rows not_pending = Restore(aggregates_);
  EXPECT_THAT(not_pending.package_clusters, IsEmpty());
  EXPECT_THAT(not_pending.jobs, IsEmpty());
  EXPECT_EQ(Failed(View(), "p1"), 0U);
  EXPECT_EQ(Failed(View(), "p2"), 1U);
  const ZeroFirst::Rows rows = aggregates_.figures().zero_first.RowsOf({"p1", "c1"});
  EXPECT_THAT(rows.package_clusters, ElementsAre(1));
  EXPECT_THAT(rows.jobs, ElementsAre(5));
  aggregates_.Release({"p1", "c1"});
  EXPECT_EQ(Failed(View(), "p1"), 1U);
}

TEST_F(JobAggregatesTest, ReportsMarksThatAreOver) {
  FinishedJob pending = Counted(5, 2);
  pending.zero_pending = true;
  Store({Row(1, /*zero_pending=*/true), Row(2, /*zero_pending=*/true)}, {pending});
  options_.includes = [](std::string_view name) { return name != "p1"; };
  JobAggregates filtered(options_);
  EXPECT_THAT(Restore(filtered).package_clusters, ElementsAre(1));
  options_.zero_first = false;
  JobAggregates switched_off(options_);
  const ZeroFirst::Rows not_pending = Restore(switched_off);
  EXPECT_THAT(not_pending.package_clusters, ElementsAre(1, 2));
  EXPECT_THAT(not_pending.jobs, ElementsAre(5));
  EXPECT_EQ(Failed(switched_off.BuildView(1), "p2"), 1U);
}

TEST_F(JobAggregatesTest, ReportsMarksOfAMergedSeries) {
  Store({Row(1, /*zero_pending=*/true), Row(2)});
  options_.labels.package.value = options_.labels.cluster.value = LabelValue::kNone;
  JobAggregates merged(options_);
  EXPECT_THAT(Restore(merged).package_clusters, ElementsAre(1));
}

TEST_F(JobAggregatesTest, RetiresWhatIsIdle) {
  Store({Row(1), Row(2)}, {Counted(5, 1, kNow - hours(24 * 30))});
  Restore(aggregates_);
  EXPECT_EQ(View().series.size(), 2U) << "they were first seen an hour ago";
  aggregates_.SetTime(kNow + hours(24 * 8));
  EXPECT_THAT(View().series, IsEmpty());
  EXPECT_EQ(View().packages.size(), 1U);
}

TEST_F(JobAggregatesTest, KeepsToTheCapBeforeAWatermark) {
  WriteBatch batch;
  batch.package_clusters = {{.previous = {}, .after = Row(1)}, {.previous = {}, .after = Row(2)}};
  ASSERT_TRUE(database_.Write(batch));
  options_.max_series = options_.samples_per_series + options_.samples_per_package;
  JobAggregates capped(options_);
  Restore(capped);
  EXPECT_EQ(capped.BuildView(1).series.size(), 1U);
}

TEST_F(JobAggregatesTest, RestoresIdleSeriesIntoPackagesAlone) {
  PackageClusterRow idle = Row(1);
  idle.seen_at = kNow - hours(24 * 40);
  PackageClusterRow same_labels = Row(3);
  same_labels.names = Row(2).names;
  same_labels.names.cluster_id = 9;
  same_labels.seen_at = idle.seen_at;
  Store({idle, Row(2), same_labels},
        {Counted(5, 1, kNow - hours(24 * 30)), Counted(6, 3, kNow - hours(24 * 30))});
  Restore(aggregates_);
  const AccountView view = View();
  ASSERT_EQ(view.series.size(), 1U);
  EXPECT_EQ(Failed(view, "p2"), 1U) << "its jobs of long ago are counted";
  EXPECT_EQ(view.packages.size(), 2U);
  EXPECT_EQ(view.failures->at(1).cluster, "c1") << "the label of a series that is not in memory";
  const TrackedSeries& tracked = aggregates_.figures().tracked;
  EXPECT_EQ(tracked.series().Find({"p1", "c1"}), nullptr);
  EXPECT_TRUE(tracked.IsForgotten({"p1", "c1"}));
  EXPECT_FALSE(tracked.IsForgotten({"p2", "c2"}));
  EXPECT_EQ(aggregates_.figures().package_clusters.Find(1), nullptr);
}

TEST_F(JobAggregatesTest, RecallsASeriesThatWasForgotten) {
  PackageClusterRow idle = Row(1);
  idle.seen_at = kNow - hours(24 * 40);
  Store({idle}, {Counted(5, 1, kNow - hours(24 * 30)), Counted(6, 1, kNow - hours(24 * 29))});
  Restore(aggregates_);
  Job job = FinishedRow(7, JobStatus::kFailed, kNow);
  job.package_id = job.cluster_id = 1;
  Recall(aggregates_, job);
  const TrackedSeries& tracked = aggregates_.figures().tracked;
  ASSERT_NE(tracked.series().Find({"p1", "c1"}), nullptr);
  EXPECT_THAT(View().series, IsEmpty()) << "until a job is counted";
  PendingCommit commit;
  commit.server_time = kNow;
  commit.new_series = {{"p1", "c1"}};
  commit.batch.package_clusters = {{.previous = {}, .after = Row(2)}};
  commit.batch.package_clusters[0].after.names = Row(1).names;
  commit.batch.jobs = {{.previous = {}, .after = Counted(7, 2)}};
  aggregates_.Apply(commit);
  EXPECT_EQ(Failed(View(), "p1"), 3U);
}

TEST_F(JobAggregatesTest, RecallsThePackageClusterOfAnOldJob) {
  PackageClusterRow idle = Row(1);
  idle.seen_at = kNow - hours(24 * 40);
  Store({idle}, {Counted(5, 1, kNow - hours(24 * 30))});
  Restore(aggregates_);
  Job renamed = FinishedRow(5, JobStatus::kFailed, kNow - hours(24 * 30));
  renamed.package_name = "new name";
  Recall(aggregates_, renamed);
  EXPECT_NE(aggregates_.figures().package_clusters.Find(1), nullptr);
  EXPECT_NE(aggregates_.figures().tracked.series().Find({"p1", "c1"}), nullptr);
}

// Where each run has a cluster of its own, memory holds those of late alone.
TEST_F(JobAggregatesTest, ForgetsClustersThatAreIdle) {
  for (int64_t id = 1; id <= 100; ++id) {
    const Timestamp now = kNow + hours(24 * id);
    PendingCommit commit;
    commit.server_time = now;
    commit.new_series = {{"p", "c" + std::to_string(id)}};
    PackageClusterRow row = Row(id);
    row.names.package_name = "p";
    row.seen_at = now;
    commit.batch.package_clusters = {{.previous = {}, .after = row}};
    commit.batch.jobs = {{.previous = {}, .after = Counted(id, id, now)}};
    aggregates_.Apply(commit);
    aggregates_.SetTime(now);
  }
  const AccountFigures& figures = aggregates_.figures();
  EXPECT_EQ(figures.package_clusters.Find(80), nullptr);
  EXPECT_NE(figures.package_clusters.Find(100), nullptr);
  EXPECT_TRUE(figures.tracked.IsForgotten({"p", "c80"}));
  EXPECT_NE(figures.tracked.series().Find({"p", "c100"}), nullptr);
  EXPECT_EQ(View().packages.front().consecutive_failures, 100U);
}

TEST_F(JobAggregatesTest, CopiesUnfinishedJobsUnderNewLabels) {
  Job running = MakeJob(5, JobStatus::kRunning, kNow);
  PendingCommit commit;
  commit.server_time = kNow;
  commit.new_series = {{"p1", "c1"}};
  PackageClusterRow row = Row(1);
  row.seen_at = kNow - hours(24 * 40);  // it has been running since
  commit.batch.package_clusters = {{.previous = {}, .after = row}};
  commit.unfinished[5] = {.job = &running, .package_cluster = 1};
  aggregates_.Apply(commit);
  Store({row});
  options_.labels.package.value = LabelValue::kId;
  JobAggregates next(options_);
  Restore(next, &aggregates_);
  const AccountView view = next.BuildView(1);
  ASSERT_EQ(view.unfinished->size(), 1U);
  EXPECT_EQ(view.unfinished->at(0).package, "1");
  EXPECT_EQ(view.series.front()->jobs[static_cast<size_t>(JobStatus::kRunning)], 1U);
}

}  // namespace
}  // namespace xplenty::job_aggregates_test
