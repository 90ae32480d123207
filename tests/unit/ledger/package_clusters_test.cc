#include "ledger/package_clusters.h"

#include <chrono>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace xplenty::package_clusters_test {
namespace {

constexpr Timestamp kUsed = FromUnix(1000);

PackageCluster Names(const std::string& package, int64_t cluster_id = 1) {
  return {.package_id = 7, .cluster_id = cluster_id, .package_name = package, .cluster_name = "c"};
}

TEST(PackageClusters, FindsByIdAndByNames) {
  PackageClusters known({}, {});
  EXPECT_FALSE(known.Find(Names("p")));
  EXPECT_EQ(known.Find(2), nullptr);
  known.Add(2, Names("p"), kUsed);
  known.Add(7, Names("p", 2), kUsed);
  EXPECT_EQ(known.Find(Names("p")), 2);
  EXPECT_EQ(known.Find(Names("p", 2)), 7);
  EXPECT_EQ(known.Get(7).names, Names("p", 2));
  EXPECT_EQ(known.Get(7).labels, (SeriesLabels{"p", "c"}));
}

TEST(PackageClusters, AsksTheFilterOnceByName) {
  int asked = 0;
  const auto shows = [&](std::string_view package) {
    ++asked;
    return package == "p";
  };
  PackageClusters known(shows, {});
  known.Add(1, Names("p"), kUsed);
  known.Add(2, Names("q"), kUsed);
  known.Add(3, Names(""), kUsed);
  asked = 0;
  EXPECT_TRUE(known.Get(1).active);
  EXPECT_FALSE(known.Get(2).active);
  EXPECT_FALSE(known.Get(3).active) << "without a name it is asked for by id";
  EXPECT_TRUE(known.IsActive(Names("p")));
  EXPECT_EQ(asked, 0);
  EXPECT_TRUE(known.IsActive(Names("p", 9)));
  EXPECT_EQ(asked, 1);
}

TEST(PackageClusters, ForgetsThoseUnusedExceptSome) {
  PackageClusters known({}, {});
  for (int64_t id = 1; id <= 4; ++id) known.Add(id, Names("p", id), kUsed);
  known.RecordUse(2, kUsed + std::chrono::hours(1));
  known.RecordUse(2, kUsed);
  known.ForgetUnused(kUsed, {});
  EXPECT_NE(known.Find(1), nullptr) << "used at that time";
  known.ForgetUnused(kUsed + std::chrono::seconds(1), {3});
  EXPECT_EQ(known.Find(1), nullptr);
  EXPECT_FALSE(known.Find(Names("p", 1)));
  EXPECT_EQ(known.Find(Names("p", 2)), 2);
  EXPECT_EQ(known.Find(Names("p", 3)), 3);
  EXPECT_EQ(known.Find(4), nullptr);
}

TEST(PackageClusters, TakesSeveralRowsOfOneName) {
  PackageClusters known({}, {});
  known.Add(1, Names("p"), kUsed);
  known.Add(2, Names("p"), kUsed + std::chrono::hours(1));
  EXPECT_EQ(known.Find(Names("p")), 2);
  known.ForgetUnused(kUsed + std::chrono::hours(1), {});
  EXPECT_EQ(known.Find(Names("p")), 2);
  known.ForgetUnused(kUsed + std::chrono::hours(2), {});
  EXPECT_FALSE(known.Find(Names("p")));
}

TEST(PackageClusters, LabelsFollowTheScheme) {
  LabelScheme scheme;
  EXPECT_EQ(LabelsOf(Names("p"), scheme), (SeriesLabels{"p", "c"}));
  EXPECT_EQ(LabelsOf(Names(""), scheme), (SeriesLabels{"7", "c"}));
  EXPECT_EQ(LabelsOf({}, scheme), (SeriesLabels{"unknown", "unknown"}));
  scheme.package.value = LabelValue::kId;
  scheme.cluster.value = LabelValue::kNone;
  EXPECT_EQ(LabelsOf(Names("p"), scheme), (SeriesLabels{"7", ""}));
  EXPECT_EQ(OverflowLabels(scheme), (SeriesLabels{"other", ""}));
}

TEST(PackageClusters, FoldedJobsHaveOtherLabels) {
  const SeriesLabels own{"p", "c"};
  const SeriesLabels overflow{"other", "other"};
  EXPECT_EQ(FoldedLabels(own, overflow, Fold::kNone), own);
  EXPECT_EQ(FoldedLabels(own, overflow, Fold::kCluster), (SeriesLabels{"p", "other"}));
  EXPECT_EQ(FoldedLabels(own, overflow, Fold::kPackage), overflow);
}

TEST(PackageClusters, LabelsAreReplaced) {
  LabelScheme scheme;
  ASSERT_TRUE(scheme.package.replace.Add("p|7|unknown", "<$0>"));
  ASSERT_TRUE(scheme.cluster.replace.Add(".*", ""));
  EXPECT_EQ(LabelsOf(Names("p"), scheme), (SeriesLabels{"<p>", ""}));
  EXPECT_EQ(LabelsOf(Names(""), scheme), (SeriesLabels{"<7>", ""}));
  EXPECT_EQ(LabelsOf({}, scheme), (SeriesLabels{"<unknown>", ""}));
  EXPECT_EQ(PackageNameOf(Names("p")), "p") << "filters match names";
  EXPECT_EQ(OverflowLabels(scheme), (SeriesLabels{"other", "other"}));
  scheme.package.value = LabelValue::kId;
  EXPECT_EQ(LabelsOf(Names("p"), scheme).package, "<7>");
  scheme.package.value = LabelValue::kNone;
  EXPECT_EQ(LabelsOf(Names("p"), scheme).package, "") << "there is no value to replace";
}

}  // namespace
}  // namespace xplenty::package_clusters_test
