#include "ledger/package_clusters.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace xplenty::package_clusters_test {
namespace {

PackageCluster Names(const std::string& package, int64_t cluster_id = 1) {
  return {.package_id = 7, .cluster_id = cluster_id, .package_name = package, .cluster_name = "c"};
}

TEST(PackageClusters, NumbersThemFromOne) {
  PackageClusters known({});
  EXPECT_FALSE(known.Find(Names("p")));
  known.Add(Names("p"));
  known.Add(Names("p", 2));
  EXPECT_EQ(known.size(), 2);
  EXPECT_EQ(known.Find(Names("p")), 1);
  EXPECT_EQ(known.Find(Names("p", 2)), 2);
  EXPECT_EQ(known.NamesOf(2), Names("p", 2));
}

TEST(PackageClusters, AsksTheFilterOnceByName) {
  int asked = 0;
  PackageClusters known([&](std::string_view package) {
    ++asked;
    return package == "p";
  });
  known.Add(Names("p"));
  known.Add(Names("q"));
  known.Add(Names(""));
  asked = 0;
  EXPECT_TRUE(known.IsActive(1));
  EXPECT_FALSE(known.IsActive(2));
  EXPECT_FALSE(known.IsActive(3)) << "without a name it is asked for by id";
  EXPECT_TRUE(known.IsActive(Names("p")));
  EXPECT_EQ(asked, 0);
  EXPECT_TRUE(known.IsActive(Names("p", 9)));
  EXPECT_EQ(asked, 1);
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
