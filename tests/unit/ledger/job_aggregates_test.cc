#include "ledger/job_aggregates.h"

#include <chrono>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger_fixture.h"

namespace xplenty::job_aggregates_test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
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

DatabaseState State(const std::vector<PackageClusterRow>& package_clusters) {
  DatabaseState state;
  state.header.watermark = kNow;
  state.package_clusters = package_clusters;
  return state;
}

uint64_t Failed(const AccountView& view, const std::string& package) {
  for (const auto& series : view.series) {
    if (series->package == package) return series->counters.finished[1];
  }
  return 0;
}

class JobAggregatesTest : public testing::Test {
 protected:
  AccountView View() { return aggregates_.BuildView(++version_); }

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
  EXPECT_THAT(aggregates_.Restore(State({Row(1, /*zero_pending=*/true), Row(2)})), IsEmpty());
  FinishedJob pending = Counted(5, 1);
  pending.zero_pending = true;
  EXPECT_FALSE(aggregates_.Restore(Counted(6, 2)));
  EXPECT_FALSE(aggregates_.Restore(pending));
  EXPECT_EQ(Failed(View(), "p1"), 0U);
  EXPECT_EQ(Failed(View(), "p2"), 1U);
  const ZeroFirst::Rows rows = aggregates_.zero_first().RowsOf({"p1", "c1"});
  EXPECT_THAT(rows.package_clusters, ElementsAre(1));
  EXPECT_THAT(rows.jobs, ElementsAre(5));
  aggregates_.Release({"p1", "c1"});
  EXPECT_EQ(Failed(View(), "p1"), 1U);
}

TEST_F(JobAggregatesTest, ReportsMarksThatAreOver) {
  options_.includes = [](std::string_view name) { return name != "p1"; };
  JobAggregates filtered(options_);
  EXPECT_THAT(filtered.Restore(State({Row(1, true), Row(2, true)})), ElementsAre(1));
  options_.zero_first = false;
  JobAggregates switched_off(options_);
  EXPECT_THAT(switched_off.Restore(State({Row(1, true), Row(2, true)})), ElementsAre(1, 2));
  FinishedJob pending = Counted(5, 2);
  pending.zero_pending = true;
  EXPECT_TRUE(switched_off.Restore(pending));
  EXPECT_EQ(Failed(switched_off.BuildView(1), "p2"), 1U);
}

TEST_F(JobAggregatesTest, ReportsMarksOfAMergedSeries) {
  options_.labels.package.value = options_.labels.cluster.value = LabelValue::kNone;
  JobAggregates merged(options_);
  EXPECT_THAT(merged.Restore(State({Row(1, true), Row(2)})), ElementsAre(1));
}

TEST_F(JobAggregatesTest, RetiresWhatWasIdleWhenRestored) {
  aggregates_.Restore(State({Row(1), Row(2)}));
  aggregates_.Restore(Counted(5, 1, kNow - hours(24 * 30)));
  aggregates_.SetTime(kNow);
  EXPECT_EQ(View().series.size(), 2U) << "they were first seen an hour ago";
  aggregates_.SetTime(kNow + hours(24 * 8));
  EXPECT_THAT(View().series, IsEmpty());
  EXPECT_EQ(View().packages.size(), 1U);
}

TEST_F(JobAggregatesTest, CopiesUnfinishedJobsUnderNewLabels) {
  Job running = MakeJob(5, JobStatus::kRunning, kNow);
  PendingCommit commit;
  commit.server_time = kNow;
  commit.new_series = {{"p1", "c1"}};
  commit.batch.package_clusters = {{.previous = {}, .after = Row(1)}};
  commit.unfinished[5] = {.job = &running, .package_cluster = 1};
  aggregates_.Apply(commit);
  options_.labels.package.value = LabelValue::kId;
  JobAggregates next(options_);
  next.Restore(State({Row(1)}));
  next.CopyStateFrom(aggregates_);
  const AccountView view = next.BuildView(1);
  ASSERT_EQ(view.unfinished->size(), 1U);
  EXPECT_EQ(view.unfinished->at(0).package, "1");
  EXPECT_EQ(view.series.front()->jobs[static_cast<size_t>(JobStatus::kRunning)], 1U);
}

TEST_F(JobAggregatesTest, KnowsAJobOutOfPlace) {
  aggregates_.Restore(State({Row(1)}));
  aggregates_.Restore(Counted(5, 1));
  EXPECT_TRUE(aggregates_.IsInPlace(Counted(5, 1)));
  EXPECT_FALSE(aggregates_.IsInPlace(Counted(6, 1)));
  EXPECT_TRUE(aggregates_.IsInPlace(Counted(6, 1, kNow - kLookback - seconds(1))));
}

}  // namespace
}  // namespace xplenty::job_aggregates_test
