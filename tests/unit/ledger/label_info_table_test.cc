#include "ledger/label_info_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xplenty::label_info_table_test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(LabelInfoTable, ReturnsTheHighestIdOfAName) {
  LabelInfoTable index(LabelValue::kName);
  index.Activate("sales");
  index.Record("sales", std::nullopt, "sales");
  EXPECT_THAT(index.View(), IsEmpty());
  index.Record("sales", 5, "sales");
  index.Record("sales", 3, "sales");
  EXPECT_THAT(index.View(), ElementsAre(Pair("sales", "5")));
}

TEST(LabelInfoTable, ReturnsTheLatestNameOfAnId) {
  LabelInfoTable index(LabelValue::kId);
  index.Activate("5");
  index.Record("5", 5, "old");
  index.Record("5", 5, "new");
  index.Record("5", 5, "");
  EXPECT_THAT(index.View(), ElementsAre(Pair("5", "new")));
}

TEST(LabelInfoTable, IsEmptyWithoutTheLabel) {
  LabelInfoTable index(LabelValue::kNone);
  index.Activate("");
  index.Record("", 5, "sales");
  EXPECT_THAT(index.View(), IsEmpty());
}

TEST(LabelInfoTable, ReplacedValueHasOneId) {
  LabelInfoTable index(LabelValue::kName);
  index.Activate("sales");
  index.Record("sales", 5, "tmp_sales");
  index.Record("sales", 5, "tmp_sales");
  EXPECT_THAT(index.View(), ElementsAre(Pair("sales", "5")));
  index.Record("sales", 6, "tmp2_sales");
  EXPECT_THAT(index.View(), IsEmpty()) << "it names neither";
}

TEST(LabelInfoTable, OrderOfNamesDoesNotMatter) {
  for (const bool replaced_first : {false, true}) {
    LabelInfoTable index(LabelValue::kName);
    index.Activate("sales");
    if (replaced_first) index.Record("sales", 3, "tmp_sales");
    index.Record("sales", 4, "sales");
    index.Record("sales", 5, "sales");
    EXPECT_EQ(index.View().size(), replaced_first ? 0U : 1U);
    index.Record("sales", 3, "tmp_sales");
    EXPECT_THAT(index.View(), IsEmpty());
  }
}

TEST(LabelInfoTable, ReplacedIdHasOneName) {
  LabelInfoTable index(LabelValue::kId);
  index.Activate("5x");
  index.Record("5x", 51, "old");
  index.Record("5x", 51, "new");
  EXPECT_THAT(index.View(), ElementsAre(Pair("5x", "new")));
  index.Record("5x", 52, "other");
  EXPECT_THAT(index.View(), IsEmpty());
}

TEST(LabelInfoTable, ListsValuesOfActiveSeriesOnly) {
  LabelInfoTable index(LabelValue::kName);
  index.Record("sales", 5, "sales");
  EXPECT_THAT(index.View(), IsEmpty());
  index.Activate("sales");
  index.Activate("sales");
  index.Retire("sales");
  EXPECT_THAT(index.View(), ElementsAre(Pair("sales", "5")));
  index.Retire("sales");
  EXPECT_THAT(index.View(), IsEmpty());
}

}  // namespace
}  // namespace xplenty::label_info_table_test
