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
    view.version = 2;
    table_.FillView(view);
    return view;
  }
  Series& Active(const std::string& package, int64_t time) {
    Series& series = table_.Get({package, "c"});
    series.activity().RecordEvent(FromUnix(time));
    table_.Activate(series);
    return series;
  }

  SeriesTable table_{JobCounters(std::make_shared<const BucketBounds>(kRuntimeBounds),
                                 std::make_shared<const BucketBounds>(kWaitBounds)),
                     LabelScheme()};
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
  EXPECT_THAT(table_.IdleSince(FromUnix(150)), ElementsAre(&old));
  table_.Retire(old);
  EXPECT_THAT(Shown(), ElementsAre("b"));
  EXPECT_THAT(table_.IdleSince(FromUnix(150)), IsEmpty());
  table_.Activate(old);
  EXPECT_THAT(Shown(), ElementsAre("a", "b"));
  EXPECT_EQ(View().series.front()->counters.finished[1], 1U);
}

TEST_F(SeriesTableTest, OffersIdleScrapedSeriesForEviction) {
  Series& late = Active("a", 200);
  Series& early = Active("b", 100);
  Series& unscraped = Active("d", 50);
  unscraped.activity().MarkUnscraped();
  table_.Activate(table_.Get({"a", "other"}));
  EXPECT_THAT(table_.Evictable(1), ElementsAre(&early, &late));
  View();
  EXPECT_THAT(table_.Evictable(View().version), ElementsAre(&unscraped, &early, &late));
  EXPECT_EQ(table_.active(), 4U);
  EXPECT_EQ(table_.active_folds(), 1U);
}

TEST_F(SeriesTableTest, CountsNoSeriesOfFoldedPackages) {
  table_.Activate(table_.Get({"other", "other"}));
  EXPECT_EQ(table_.active(), 0U);
  EXPECT_EQ(View().series.size(), 1U);
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
  Series& series = Active("a", 100);
  EXPECT_THAT(View().clusters_info, ElementsAre(testing::Pair("c", "6")));
  table_.Retire(series);
  EXPECT_THAT(View().clusters_info, IsEmpty());
}

}  // namespace
}  // namespace xplenty::series_table_test
