#include "ledger/recomputation.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/figures.h"

namespace xplenty::recomputation_test {
namespace {

FinishedJob Counted(int64_t id, int64_t package_cluster, Fold fold = Fold::kNone) {
  return {.id = id,
          .package_cluster = package_cluster,
          .fold = fold,
          .counted_as = JobStatus::kFailed,
          .status = JobStatus::kFailed,
          .finished_at = FromUnix(id),
          .runtime_seconds = 20};
}

PackageClusterRow Row(int64_t id, const std::string& package, const std::string& cluster) {
  return {.id = id,
          .names = {.package_id = {},
                    .cluster_id = {},
                    .package_name = package,
                    .cluster_name = cluster},
          .seen_at = {}};
}

class RecomputationTest : public testing::Test {
 protected:
  RecomputationTest() {
    EXPECT_TRUE(database_.ReadState());
    WriteBatch batch;
    for (const PackageClusterRow& row :
         {Row(1, "p", "a"), Row(2, "p", "b"), Row(3, "q", "a"), Row(4, "hidden", "a")}) {
      batch.package_clusters.push_back({.previous = {}, .after = row});
    }
    EXPECT_TRUE(database_.Write(batch));
  }
  void Store(const std::vector<FinishedJob>& jobs) {
    WriteBatch batch;
    for (const FinishedJob& job : jobs) batch.jobs.push_back({.previous = {}, .after = job});
    ASSERT_TRUE(database_.Write(batch));
  }
  // Returns the id of the exemplar of a series.
  int64_t Exemplar(const SeriesLabels& labels) const {
    return needed_.series().at(labels).runtime[1].exemplars()[1]->job_id;
  }

  JobDatabase database_ = std::move(*JobDatabase::Open("", "acme"));
  PackageClusters known_{[](std::string_view name) { return name != "hidden"; }, {}};
  SeriesTable series_{JobCounters(std::make_shared<const BucketBounds>(kRuntimeBounds),
                                  std::make_shared<const BucketBounds>(kWaitBounds)),
                      {}};
  Recomputation needed_{known_, series_};
};

TEST_F(RecomputationTest, AddsJobsToHistoryAndSeries) {
  EXPECT_TRUE(needed_.empty());
  needed_.AddPackage("p");
  needed_.AddSeries({"p", "b"});
  EXPECT_FALSE(needed_.empty());
  Store({Counted(5, 1), Counted(6, 2), Counted(7, 2, Fold::kPackage), Counted(8, 3)});
  ASSERT_TRUE(needed_.Read(database_, {}));
  EXPECT_EQ(needed_.histories().at("p").View("p").consecutive_failures, 3U);
  EXPECT_EQ(Exemplar({"p", "b"}), 6);
  EXPECT_EQ((needed_.series().at({"p", "b"}).finished[1]), 1U);
}

TEST_F(RecomputationTest, AddsFoldedJobsOfAllPackages) {
  needed_.AddSeries({"other", "other"});
  Store({Counted(5, 3, Fold::kPackage), Counted(6, 1, Fold::kPackage), Counted(7, 1),
         Counted(8, 4, Fold::kPackage)});
  ASSERT_TRUE(needed_.Read(database_, {}));
  EXPECT_EQ((needed_.series().at({"other", "other"}).finished[1]), 2U) << "one is hidden";
  EXPECT_EQ(Exemplar({"other", "other"}), 6);
}

TEST_F(RecomputationTest, AddsFoldedJobsOfThePackage) {
  needed_.AddSeries({"p", "other"});
  Store({Counted(5, 2, Fold::kCluster), Counted(6, 3, Fold::kCluster), Counted(7, 1)});
  ASSERT_TRUE(needed_.Read(database_, {}));
  EXPECT_EQ((needed_.series().at({"p", "other"}).finished[1]), 1U);
  EXPECT_EQ(Exemplar({"p", "other"}), 5);
}

TEST_F(RecomputationTest, TakesJobsAsTheBatchLeavesThem) {
  needed_.AddPackage("r");
  needed_.AddPackage("p");
  Store({Counted(5, 1), Counted(6, 1)});
  FinishedJob completed = Counted(5, 1);
  completed.status = JobStatus::kCompleted;
  WriteBatch batch;
  batch.package_clusters = {{.previous = {}, .after = Row(5, "r", "a")}};
  batch.jobs = {{.previous = Counted(5, 1), .after = completed},
                {.previous = {}, .after = Counted(9, 5)}};
  ASSERT_TRUE(needed_.Read(database_, batch));
  EXPECT_EQ(needed_.histories().at("p").View("p").consecutive_failures, 1U);
  EXPECT_EQ(needed_.histories().at("r").View("r").consecutive_failures, 1U);
}

// Ids are not in the order of finish, and far more jobs finished after the success than are kept.
TEST_F(RecomputationTest, HistoriesFollowFinishTimes) {
  std::vector<FinishedJob> jobs;
  for (int64_t id = 1; id <= 60; ++id) jobs.push_back(Counted(id, 1));
  FinishedJob completed = Counted(61, 1);
  completed.status = JobStatus::kCompleted;
  completed.finished_at = FromUnix(10);
  jobs.push_back(completed);
  Store(jobs);
  needed_.AddPackage("p");
  ASSERT_TRUE(needed_.Read(database_, {}));
  const PackageHistory& history = needed_.histories().at("p");
  EXPECT_TRUE(history.exact());
  EXPECT_EQ(history.View("p").consecutive_failures, 50U);
}

}  // namespace
}  // namespace xplenty::recomputation_test
