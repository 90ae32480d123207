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
