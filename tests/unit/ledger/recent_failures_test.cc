#include "ledger/recent_failures.h"

#include <vector>

#include <gtest/gtest.h>

#include "ledger_fixture.h"
#include "support/temporary_folder.h"

namespace xplenty::recent_failures_test {
namespace {

using std::chrono::seconds;

FinishedJob Failed(int64_t id, int64_t time) {
  return {.id = id, .status = JobStatus::kFailed, .finished_at = FromUnix(time)};
}

std::vector<int64_t> IdsOf(RecentFailures& failures) {
  std::vector<int64_t> ids;
  for (const FailedJob& failure : *failures.View()) ids.push_back(failure.id);
  return ids;
}

TEST(RecentFailures, ListsTheLatestFirst) {
  RecentFailures failures;
  for (const int64_t id : {3, 1, 4, 2}) failures.Add("p", "c", Failed(id, id / 2));
  EXPECT_EQ(IdsOf(failures), (std::vector<int64_t>{4, 3, 2, 1}));
}

TEST(RecentFailures, KeepsTheLatest) {
  RecentFailures failures;
  const int64_t count = kMaxRecentFailures + 7;
  for (int64_t id = 1; id <= count; ++id)
    failures.Add("p", "c", Failed(id * 31 % count, id * 31 % count));
  const auto ids = IdsOf(failures);
  ASSERT_EQ(ids.size(), kMaxRecentFailures);
  EXPECT_EQ(ids.front(), count - 1);
  EXPECT_EQ(ids.back(), 7);
}

TEST(RecentFailures, DropsAJobThatDidNotFail) {
  RecentFailures failures;
  failures.Add("p", "c", Failed(1, 5));
  FinishedJob corrected = Failed(1, 5);
  corrected.status = JobStatus::kCompleted;
  failures.Correct("p", "c", corrected);
  EXPECT_TRUE(failures.View()->empty());
}

TEST(RecentFailures, KeepsTheTextsWhenAJobIsCorrected) {
  RecentFailures failures;
  failures.Add("p", "c", Failed(1, 5));
  Job row;
  row.id = 1;
  row.error = "out of memory";
  EXPECT_TRUE(failures.Describe(row));
  EXPECT_FALSE(failures.Describe(row));
  failures.Correct("p", "c", Failed(1, 6));
  EXPECT_EQ(failures.View()->at(0).finished_at, FromUnix(6));
  EXPECT_EQ(failures.View()->at(0).error, "out of memory");
  row.id = 2;
  EXPECT_FALSE(failures.Describe(row));
}

TEST(RecentFailures, IsTheSameViewUntilSomethingChanges) {
  RecentFailures failures;
  failures.Add("p", "c", Failed(1, 5));
  const auto view = failures.View();
  failures.Remove(2);
  EXPECT_EQ(failures.View(), view);
  failures.Remove(1);
  EXPECT_NE(failures.View(), view);
  EXPECT_EQ(view->size(), 1U);
}

// Of the ledger, which tells it what happens.
TEST(RecentFailures, KeepsFailuresWithoutTextsAfterRestart) {
  const TemporaryFolder folder;
  Job row = FinishedRow(7, JobStatus::kFailed, kNow);
  row.error = "no such table";
  row.link = "https://x/7";
  {
    const auto ledger = OpenBorn(TestOptions(folder.path()));
    ASSERT_TRUE(CommitJobs(*ledger, {row, FinishedRow(8, JobStatus::kCompleted, kNow)}));
    const auto failures = ledger->View(true)->failures;
    ASSERT_EQ(failures->size(), 1U);
    EXPECT_EQ(failures->at(0).package, "p1");
    EXPECT_EQ(failures->at(0).error, "no such table");
    EXPECT_EQ(failures->at(0).link, "https://x/7");
  }
  const auto ledger = OpenBorn(TestOptions(folder.path()));
  const auto restarted = ledger->View(true);
  ASSERT_EQ(restarted->failures->size(), 1U);
  EXPECT_EQ(restarted->failures->at(0).id, 7);
  EXPECT_EQ(restarted->failures->at(0).error, "");
  ASSERT_TRUE(CommitJobs(*ledger, {row}));  // the overlap brings it again
  EXPECT_EQ(ledger->View(true)->failures->at(0).error, "no such table");
}

TEST(RecentFailures, LosesAJobThatRunsAgain) {
  const auto ledger = OpenBorn(TestOptions(""));
  const Job failed = FinishedRow(1, JobStatus::kFailed, kNow);
  ASSERT_TRUE(CommitJobs(*ledger, {failed}));
  ASSERT_TRUE(CommitJobs(*ledger, {MakeJob(1, JobStatus::kRunning, kNow + seconds(5))}));
  EXPECT_TRUE(ledger->View(true)->failures->empty());
  ASSERT_TRUE(CommitJobs(*ledger, {FinishedRow(1, JobStatus::kFailed, kNow + seconds(9))}));
  EXPECT_EQ(ledger->View(true)->failures->size(), 1U);
}

}  // namespace
}  // namespace xplenty::recent_failures_test
