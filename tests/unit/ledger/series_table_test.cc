#include "ledger/series_table.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/figures.h"

namespace xplenty {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SeriesTableTest : public testing::Test {
 protected:
  std::vector<std::string> Shown() {
    std::vector<std::string> shown;
    for (const auto& series : table_.View()) shown.push_back(series->package);
    return shown;
  }
  Series& Active(const std::string& package, int64_t time) {
    Series& series = table_.Get({package, "c"});
    series.RecordActivity(FromUnix(time));
    table_.Activate(series);
    return series;
  }

  SeriesTable table_{JobCounters(std::make_shared<const BucketBounds>(kRuntimeBounds),
                                 std::make_shared<const BucketBounds>(kWaitBounds))};
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
  table_.Activate(Active("a", 1));
  EXPECT_EQ(table_.active(), 1U);
}

TEST_F(SeriesTableTest, RetiresWhatIsIdleAndKeepsIt) {
  Series& old = Active("a", 100);
  old.Count({.id = 1, .counted_as = JobStatus::kFailed, .status = JobStatus::kFailed}, nullptr);
  Active("b", 200);
  EXPECT_THAT(table_.RetireIdleSince(FromUnix(150)), ElementsAre(&old));
  EXPECT_THAT(Shown(), ElementsAre("b"));
  EXPECT_THAT(table_.RetireIdleSince(FromUnix(150)), IsEmpty());
  table_.Activate(old);
  EXPECT_THAT(Shown(), ElementsAre("a", "b"));
  EXPECT_EQ(table_.View().front()->counters.finished[1], 1U);
}

TEST_F(SeriesTableTest, SharesBlocksUntilMarkedDirty) {
  Series& series = Active("a", 1);
  const SeriesList before = table_.View();
  EXPECT_EQ(table_.View().blocks(), before.blocks());
  series.AddRecent(JobStatus::kFailed, +1);
  table_.MarkDirty(series);
  EXPECT_NE(table_.View().blocks(), before.blocks());
}

}  // namespace
}  // namespace xplenty
