#include "ledger/series_table.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/figures.h"

namespace xplenty::series_table_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SeriesTableTest : public testing::Test {
 protected:
  std::vector<std::string> Shown() {
    std::vector<std::string> shown;
    for (const auto& series : View().series) shown.push_back(series->package);
    return shown;
  }
  AccountView View() {
    AccountView view;
    table_.FillView(view);
    return view;
  }
  Series& Active(const std::string& package, int64_t time) {
    Series& series = table_.Get({package, "c"});
    series.RecordActivity(FromUnix(time));
    table_.Activate(series);
    return series;
  }

  SeriesTable table_{JobCounters(std::make_shared<const BucketBounds>(kRuntimeBounds),
                                 std::make_shared<const BucketBounds>(kWaitBounds)),
                     LabelValue::kName};
};

TEST_F(SeriesTableTest, ShowsActiveSeriesInTheirOrder) {
  Active("b", 1);
  table_.Get({"c", "c"});
  Active("a", 1);
  EXPECT_THAT(Shown(), ElementsAre("a", "b"));
  EXPECT_EQ(table_.active(), 2U);
}

TEST_F(SeriesTableTest, FindsOnlyWhatWasMade) {
  EXPECT_EQ(table_.Find({"a", "c"}), nullptr);
  const Series& made = table_.Get({"a", "c"});
  EXPECT_EQ(table_.Find({"a", "c"}), &made);
  EXPECT_EQ(&table_.Get({"a", "c"}), &made);
}

TEST_F(SeriesTableTest, CountsASeriesActiveOnce) {
  EXPECT_FALSE(table_.Activate(Active("a", 1)));
  EXPECT_EQ(table_.active(), 1U);
}

TEST_F(SeriesTableTest, RetiresAndKeepsIdleSeries) {
  Series& old = Active("a", 100);
  old.Count({.id = 1, .counted_as = JobStatus::kFailed, .status = JobStatus::kFailed}, nullptr);
  Active("b", 200);
  EXPECT_THAT(table_.RetireIdleSince(FromUnix(150)), ElementsAre(&old));
  EXPECT_THAT(Shown(), ElementsAre("b"));
  EXPECT_THAT(table_.RetireIdleSince(FromUnix(150)), IsEmpty());
  table_.Activate(old);
  EXPECT_THAT(Shown(), ElementsAre("a", "b"));
  EXPECT_EQ(View().series.front()->counters.finished[1], 1U);
}

TEST_F(SeriesTableTest, SharesBlocksUntilMarkedDirty) {
  Series& series = Active("a", 1);
  const SeriesList previous = View().series;
  EXPECT_EQ(View().series.blocks(), previous.blocks());
  series.AddRecent(JobStatus::kFailed, +1);
  table_.MarkDirty(series);
  EXPECT_NE(View().series.blocks(), previous.blocks());
}

TEST_F(SeriesTableTest, ListsTheClustersOfActiveSeries) {
  table_.RecordCluster(
      {"a", "c"}, {.package_id = {}, .cluster_id = 6, .package_name = "a", .cluster_name = "c"});
  EXPECT_THAT(View().clusters_info, IsEmpty());
  Active("a", 100);
  EXPECT_THAT(View().clusters_info, ElementsAre(testing::Pair("c", "6")));
  table_.RetireIdleSince(FromUnix(150));
  EXPECT_THAT(View().clusters_info, IsEmpty());
}

}  // namespace
}  // namespace xplenty::series_table_test
