#include "ledger/recomputation.h"

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/figures.h"

namespace xplenty::recomputation_test {
namespace {

using testing::ElementsAre;

FinishedJob Counted(int64_t id, int64_t package_cluster, Fold fold = Fold::kNone) {
  return {.id = id,
          .package_cluster = package_cluster,
          .fold = fold,
          .counted_as = JobStatus::kFailed,
          .status = JobStatus::kFailed,
          .finished_at = FromUnix(id),
          .runtime_seconds = 20};
}

class RecomputationTest : public testing::Test {
 protected:
  RecomputationTest() {
    for (const auto& [package, cluster] : {std::pair("p", "a"), std::pair("p", "b"),
                                           std::pair("q", "a"), std::pair("hidden", "a")}) {
      known_.Add(
          {.package_id = {}, .cluster_id = {}, .package_name = package, .cluster_name = cluster});
    }
  }

  PackageClusters known_{[](std::string_view name) { return name != "hidden"; }};
  LabelScheme scheme_;
  JobCounters zero_{std::make_shared<const BucketBounds>(kRuntimeBounds),
                    std::make_shared<const BucketBounds>(kWaitBounds)};
  Recomputation needed_{known_, scheme_, zero_};
};

TEST_F(RecomputationTest, ReadsThePackageClustersBehindLabels) {
  EXPECT_TRUE(needed_.empty());
  needed_.AddPackage("p");
  EXPECT_FALSE(needed_.empty());
  EXPECT_THAT(needed_.PackageClustersToRead(), ElementsAre(1, 2));
  needed_.AddSeries({"q", "a"});
  EXPECT_THAT(needed_.PackageClustersToRead(), ElementsAre(1, 2, 3));
}

TEST_F(RecomputationTest, ReadsAllForFoldedPackages) {
  needed_.AddSeries({"other", "other"});
  EXPECT_THAT(needed_.PackageClustersToRead(), ElementsAre(1, 2, 3));
  needed_.Add(Counted(7, 1));
  needed_.Add(Counted(6, 2, Fold::kPackage));
  const auto& runtime = needed_.series().at({"other", "other"}).runtime[1];
  EXPECT_EQ(runtime.exemplars()[1]->job_id, 6);
}

TEST_F(RecomputationTest, ReadsThePackageForFoldedClusters) {
  needed_.AddSeries({"p", "other"});
  EXPECT_THAT(needed_.PackageClustersToRead(), ElementsAre(1, 2));
  needed_.Add(Counted(7, 1));
  needed_.Add(Counted(6, 2, Fold::kCluster));
  EXPECT_EQ(needed_.series().at({"p", "other"}).runtime[1].exemplars()[1]->job_id, 6);
}

TEST_F(RecomputationTest, AddsJobToHistoryAndSeries) {
  needed_.AddPackage("p");
  needed_.AddSeries({"p", "b"});
  needed_.Add(Counted(5, 1));
  needed_.Add(Counted(6, 2));
  needed_.Add(Counted(7, 2, Fold::kPackage));
  needed_.Add(Counted(8, 3));
  EXPECT_EQ(needed_.histories().at("p").View("p").consecutive_failures, 3U);
  EXPECT_EQ(needed_.series().at({"p", "b"}).runtime[1].exemplars()[1]->job_id, 6);
}

}  // namespace
}  // namespace xplenty::recomputation_test
