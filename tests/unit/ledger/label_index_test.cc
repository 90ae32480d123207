#include "ledger/label_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xplenty::label_index_test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(LabelIndex, ReturnsTheHighestIdOfAName) {
  LabelIndex index(LabelValue::kName);
  index.Show("sales");
  index.Note("sales", std::nullopt, "sales");
  EXPECT_THAT(index.View(), IsEmpty());
  index.Note("sales", 5, "sales");
  index.Note("sales", 3, "sales");
  EXPECT_THAT(index.View(), ElementsAre(Pair("sales", "5")));
}

TEST(LabelIndex, ReturnsTheLatestNameOfAnId) {
  LabelIndex index(LabelValue::kId);
  index.Show("5");
  index.Note("5", 5, "old");
  index.Note("5", 5, "new");
  index.Note("5", 5, "");
  EXPECT_THAT(index.View(), ElementsAre(Pair("5", "new")));
}

TEST(LabelIndex, IsEmptyWithoutTheLabel) {
  LabelIndex index(LabelValue::kNone);
  index.Show("");
  index.Note("", 5, "sales");
  EXPECT_THAT(index.View(), IsEmpty());
}

TEST(LabelIndex, ListsValuesOfActiveSeriesOnly) {
  LabelIndex index(LabelValue::kName);
  index.Note("sales", 5, "sales");
  EXPECT_THAT(index.View(), IsEmpty());
  index.Show("sales");
  index.Show("sales");
  index.Hide("sales");
  EXPECT_THAT(index.View(), ElementsAre(Pair("sales", "5")));
  index.Hide("sales");
  EXPECT_THAT(index.View(), IsEmpty());
}

}  // namespace
}  // namespace xplenty::label_index_test
