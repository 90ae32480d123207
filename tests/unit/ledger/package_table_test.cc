#include "ledger/package_table.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xplenty::package_table_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FinishedJob Finish(int64_t id, JobStatus status, int64_t time) {
  return {.id = id, .status = status, .finished_at = FromUnix(time)};
}

class PackageTableTest : public testing::Test {
 protected:
  void Add(const std::string& label, const FinishedJob& job,
           const FinishedJob* previous = nullptr) {
    table_.Add(table_.Get(label), job, previous);
  }
  AccountView View() {
    AccountView view;
    table_.FillView(view);
    return view;
  }
  std::vector<std::string> Shown() {
    std::vector<std::string> shown;
    for (const PackageView& package : View().packages) shown.push_back(package.package);
    return shown;
  }

  PackageTable table_{LabelValue::kName};
};

TEST_F(PackageTableTest, ShowsAPackageFromItsFirstJob) {
  table_.Get("b");
  EXPECT_THAT(Shown(), IsEmpty());
  Add("b", Finish(1, JobStatus::kFailed, 100));
  Add("b", Finish(2, JobStatus::kFailed, 200));
  Add("a", Finish(3, JobStatus::kCompleted, 100));
  EXPECT_THAT(Shown(), ElementsAre("a", "b"));
}

TEST_F(PackageTableTest, TracksShownPackagesOrSeries) {
  table_.AddActiveSeries("a");
  table_.AddActiveSeries("a");
  Add("a", Finish(1, JobStatus::kFailed, 100));
  Add("b", Finish(2, JobStatus::kFailed, 100));
  EXPECT_EQ(table_.tracked(), 2U);
  EXPECT_EQ(table_.ActiveSeriesOf("a"), 2U);
  EXPECT_EQ(table_.ActiveSeriesOf("c"), 0U);
  EXPECT_THAT(table_.IdleSince(FromUnix(200)), ElementsAre("b")) << "a has active series";
  table_.Retire("b");
  EXPECT_TRUE(table_.IsTracked("a"));
  EXPECT_FALSE(table_.IsTracked("b"));
  table_.RemoveActiveSeries("a");
  table_.RemoveActiveSeries("a");
  EXPECT_EQ(table_.tracked(), 1U) << "a is shown still";
  EXPECT_FALSE(table_.IsTracked("c"));
}

TEST_F(PackageTableTest, RetiresPackagesUntilTheirNextJob) {
  Add("a", Finish(1, JobStatus::kFailed, 100));
  Add("b", Finish(2, JobStatus::kFailed, 200));
  EXPECT_THAT(table_.IdleSince(FromUnix(150)), ElementsAre("a"));
  table_.Retire("a");
  EXPECT_THAT(Shown(), ElementsAre("b"));
  EXPECT_THAT(table_.IdleSince(FromUnix(150)), IsEmpty());
  Add("a", Finish(3, JobStatus::kFailed, 300));
  EXPECT_EQ(View().packages.front().consecutive_failures, 2U) << "with all its jobs";
}

TEST_F(PackageTableTest, CorrectionsShowNoRetiredPackage) {
  const FinishedJob failed = Finish(1, JobStatus::kFailed, 100);
  Add("a", failed);
  table_.Retire("a");
  Add("a", Finish(1, JobStatus::kFailed, 110), &failed);
  EXPECT_THAT(Shown(), IsEmpty());
  EXPECT_EQ(table_.tracked(), 0U) << "nothing has made room for it";
  table_.AddActiveSeries("a");
  Add("a", failed, &failed);
  EXPECT_THAT(Shown(), ElementsAre("a"));
  EXPECT_EQ(table_.tracked(), 1U);
}

TEST_F(PackageTableTest, KeepsTheHistoryOfAFoldedPackage) {
  FinishedJob folded = Finish(1, JobStatus::kFailed, 100);
  folded.fold = Fold::kPackage;
  Add("a", folded);
  EXPECT_THAT(Shown(), IsEmpty());
  EXPECT_FALSE(table_.IsTracked("a"));
  Add("a", Finish(2, JobStatus::kFailed, 200));
  EXPECT_EQ(View().packages.front().consecutive_failures, 2U);
}

TEST_F(PackageTableTest, ListsNamesWhileAnythingIsShown) {
  table_.RecordPackage(
      {"a", "c"}, {.package_id = 5, .cluster_id = {}, .package_name = "a", .cluster_name = "c"});
  EXPECT_THAT(View().packages_info, IsEmpty());
  table_.AddActiveSeries("a");
  EXPECT_THAT(View().packages_info, ElementsAre(testing::Pair("a", "5")));
  Add("a", Finish(1, JobStatus::kFailed, 100));
  table_.RemoveActiveSeries("a");
  EXPECT_THAT(View().packages_info, ElementsAre(testing::Pair("a", "5")));
  table_.Retire("a");
  EXPECT_THAT(View().packages_info, IsEmpty());
}

TEST_F(PackageTableTest, PutsACorrectionInPlace) {
  const FinishedJob failed = Finish(1, JobStatus::kFailed, 100);
  Add("a", failed);
  const JobChange later{.previous = failed, .after = Finish(1, JobStatus::kFailed, 110)};
  EXPECT_FALSE(table_.NeedsRecompute("a", later));
  Add("a", Finish(1, JobStatus::kFailed, 110), &failed);
  EXPECT_EQ(View().packages.front().consecutive_failures, 1U);
  EXPECT_EQ(View().packages.front().last_failure, FromUnix(110));
}

TEST_F(PackageTableTest, TakesAHistoryThatIsRecomputed) {
  const FinishedJob completed = Finish(2, JobStatus::kCompleted, 200);
  Add("a", Finish(1, JobStatus::kFailed, 100));
  Add("a", completed);
  const FinishedJob corrected = Finish(2, JobStatus::kFailed, 200);
  ASSERT_TRUE(table_.NeedsRecompute("a", {.previous = completed, .after = corrected}));
  Add("a", corrected, &completed);
  PackageHistory computed;
  computed.Add(Finish(1, JobStatus::kFailed, 100));
  computed.Add(corrected);
  table_.ReplaceHistory("a", computed);
  EXPECT_EQ(View().packages.front().consecutive_failures, 2U);
  EXPECT_FALSE(View().packages.front().last_success);
}

TEST_F(PackageTableTest, NamesThePackagesThatAreInexact) {
  for (int64_t id = 1; id <= 40; ++id) Add("a", Finish(id, JobStatus::kFailed, 100 + id));
  Add("b", Finish(41, JobStatus::kFailed, 100));
  const FinishedJob completed = Finish(50, JobStatus::kCompleted, 110);
  EXPECT_TRUE(table_.NeedsRecompute("a", {.previous = {}, .after = completed}));
  EXPECT_FALSE(table_.NeedsRecompute("b", {.previous = {}, .after = completed}));
  EXPECT_FALSE(table_.NeedsRecompute("c", {.previous = {}, .after = completed}));
  EXPECT_THAT(table_.Inexact(), IsEmpty());
  Add("a", completed);
  EXPECT_THAT(table_.Inexact(), ElementsAre("a"));
  table_.ReplaceHistory("a", {});
  EXPECT_THAT(table_.Inexact(), IsEmpty());
}

}  // namespace
}  // namespace xplenty::package_table_test
