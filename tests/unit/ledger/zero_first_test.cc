#include "ledger/zero_first.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xplenty::zero_first_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const SeriesLabels kOne{"p", "one"};
const SeriesLabels kOther{"p", "other"};

TEST(ZeroFirst, BeginsASeriesOnce) {
  ZeroFirst pending;
  EXPECT_FALSE(pending.IsPending(kOne));
  EXPECT_TRUE(pending.Begin(kOne));
  EXPECT_FALSE(pending.Begin(kOne));
  EXPECT_TRUE(pending.IsPending(kOne));
  pending.End(kOne);
  EXPECT_FALSE(pending.IsPending(kOne));
}

TEST(ZeroFirst, IsShownByTheNextView) {
  ZeroFirst pending;
  pending.Begin(kOne);
  EXPECT_THAT(pending.ShownBy(100), IsEmpty()) << "no view has shown it";
  pending.RecordView(7);
  pending.Begin(kOther);
  pending.RecordView(8);
  EXPECT_THAT(pending.ShownBy(6), IsEmpty());
  EXPECT_THAT(pending.ShownBy(7), ElementsAre(kOne));
  EXPECT_THAT(pending.ShownBy(8), ElementsAre(kOne, kOther));
}

TEST(ZeroFirst, KeepsTheMarkedRowsBySeries) {
  ZeroFirst pending;
  pending.Begin(kOne);
  pending.Begin(kOther);
  pending.AddPackageCluster(kOne, 3);
  pending.AddJob(kOne, 10);
  pending.AddJob(kOne, 11);
  pending.AddJob(kOther, 12);
  EXPECT_THAT(pending.RowsOf(kOne).package_clusters, ElementsAre(3));
  EXPECT_THAT(pending.RowsOf(kOne).jobs, ElementsAre(10, 11));
  EXPECT_THAT(pending.RowsOf(kOther).jobs, ElementsAre(12));
}

}  // namespace
}  // namespace xplenty::zero_first_test
