#include <gtest/gtest.h>

#include "ledger_fixture.h"
#include "support/full_disk.h"
#include "support/same_view.h"
#include "support/temporary_folder.h"

namespace xplenty::ledger_disk_test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class LedgerOnDisk : public testing::Test {
 protected:
  void Reopen() {
    ledger_.reset();
    ledger_ = OpenBorn(options_);
  }

  TemporaryFolder folder_;
  LedgerOptions options_ = TestOptions(folder_.path());
  std::unique_ptr<Ledger> ledger_ = OpenBorn(options_);
};

TEST_F(LedgerOnDisk, ReopeningRestoresTheView) {
  std::vector<Job> jobs;
  for (int64_t id = 1; id <= 60; ++id) {
    const JobStatus status = kFinishedStatuses[static_cast<size_t>(id % 3)];
    jobs.push_back(
        FinishedRow(id, status, kNow - std::chrono::minutes(id * 47 % 1500), id % 4, id));
  }
  jobs[3].malformed = true;
  ASSERT_TRUE(CommitJobs(*ledger_, jobs, kNow, kNow));
  jobs[5].outputs[0].records = 1000;
  ASSERT_TRUE(CommitJobs(*ledger_, {jobs[5]}, kNow, kNow));
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  ledger_->SetTime(kNow);
  const auto previous = ledger_->View(false);
  Reopen();
  EXPECT_EQ(Difference(*ledger_->View(false), *previous), "");
  EXPECT_EQ(ledger_->header().watermark, previous->watermark);
}

TEST_F(LedgerOnDisk, CorrectedLatestJobSurvivesRestart) {
  Job latest = FinishedRow(3, JobStatus::kCompleted, kNow);
  ASSERT_TRUE(
      CommitJobs(*ledger_, {FinishedRow(1, JobStatus::kCompleted, kNow - seconds(9)),
                            FinishedRow(2, JobStatus::kFailed, kNow - seconds(5)), latest}));
  latest.status = JobStatus::kFailed;
  latest.completed_at = {};
  latest.failed_at = kNow - seconds(3);
  ASSERT_TRUE(CommitJobs(*ledger_, {latest}));
  const auto previous = ledger_->View(false);
  EXPECT_EQ(previous->packages.front().consecutive_failures, 2U);
  EXPECT_EQ(previous->packages.front().last_success->finished_at, kNow - seconds(9));
  Reopen();
  EXPECT_EQ(Difference(*ledger_->View(false), *previous), "");
}

TEST_F(LedgerOnDisk, ZeroPendingAndReleaseSurviveRestart) {
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  ASSERT_TRUE(CommitJobs(*ledger_, {FinishedRow(1, JobStatus::kFailed, kNow)}));
  Reopen();
  const auto held = ledger_->View(false);
  EXPECT_EQ(FindSeries(*held, "p1", "c1")->counters.finished[1], 0U);
  ASSERT_TRUE(ledger_->ReleaseZeroFirst(held->version));
  EXPECT_EQ(FindSeries(*ledger_->View(false), "p1", "c1")->counters.finished[1], 1U);
  Reopen();
  EXPECT_EQ(FindSeries(*ledger_->View(false), "p1", "c1")->counters.finished[1], 1U);
}

TEST_F(LedgerOnDisk, ReactivatedSeriesStaysZeroAfterRestart) {
  const Timestamp later = kNow + hours(24 * 9);
  ASSERT_TRUE(CommitJobs(*ledger_, {FinishedRow(1, JobStatus::kFailed, kNow)}, kNow, kNow));
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  ledger_->SetTime(later);
  ASSERT_EQ(FindSeries(*ledger_->View(false), "p1", "c1"), nullptr);
  ASSERT_TRUE(CommitJobs(*ledger_, {FinishedRow(2, JobStatus::kFailed, later)}, later, later));
  for (int restarts = 0; restarts < 2; ++restarts) {
    EXPECT_EQ(FindSeries(*ledger_->View(false), "p1", "c1")->counters.finished[1], 1U);
    Reopen();
  }
  ASSERT_TRUE(ledger_->ReleaseZeroFirst(ledger_->View(false)->version));
  EXPECT_EQ(FindSeries(*ledger_->View(false), "p1", "c1")->counters.finished[1], 2U);
  Reopen();
  EXPECT_EQ(FindSeries(*ledger_->View(false), "p1", "c1")->counters.finished[1], 2U);
}

// The names are known, but they are those of another cluster now.
TEST_F(LedgerOnDisk, ReturnWithANewIdNeverFalls) {
  const Timestamp later = kNow + hours(24 * 9);
  ASSERT_TRUE(CommitJobs(*ledger_, {FinishedRow(1, JobStatus::kFailed, kNow)}, kNow, kNow));
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  ledger_->SetTime(later);
  Job job = FinishedRow(2, JobStatus::kFailed, later);
  job.cluster_id = 99;
  ASSERT_TRUE(CommitJobs(*ledger_, {job}, later, later));
  EXPECT_EQ(FindSeries(*ledger_->View(false), "p1", "c1")->counters.finished[1], 1U);
  Reopen();
  EXPECT_EQ(FindSeries(*ledger_->View(false), "p1", "c1")->counters.finished[1], 1U);
}

TEST_F(LedgerOnDisk, OtherStaysZeroAfterRestart) {
  options_.aggregates.max_series = 13;
  Reopen();
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  ASSERT_TRUE(CommitJobs(*ledger_, {FinishedRow(1, JobStatus::kFailed, kNow, 1)}));
  ASSERT_TRUE(CommitJobs(*ledger_, {FinishedRow(2, JobStatus::kFailed, kNow, 2)}));
  Reopen();
  EXPECT_EQ(FindSeries(*ledger_->View(false), "other", "other")->counters.finished[1], 0U);
  ASSERT_TRUE(ledger_->ReleaseZeroFirst(ledger_->View(false)->version));
  Reopen();
  EXPECT_EQ(FindSeries(*ledger_->View(false), "other", "other")->counters.finished[1], 1U);
}

TEST_F(LedgerOnDisk, SwitchingZeroFirstOffIsPermanent) {
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  ASSERT_TRUE(CommitJobs(*ledger_, {FinishedRow(1, JobStatus::kFailed, kNow)}));
  for (const bool hold : {false, true}) {  // shown with the first, it may not fall with the second
    options_.aggregates.zero_first = hold;
    Reopen();
    EXPECT_EQ(FindSeries(*ledger_->View(false), "p1", "c1")->counters.finished[1], 1U);
  }
}

TEST_F(LedgerOnDisk, RetiredSeriesStaysRetiredAfterRestart) {
  const Timestamp later = kNow + hours(24 * 9);
  ASSERT_TRUE(CommitJobs(*ledger_, {FinishedRow(1, JobStatus::kCompleted, kNow)}));
  ASSERT_TRUE(
      CommitJobs(*ledger_, {FinishedRow(2, JobStatus::kCompleted, later, 2)}, later, later));
  ledger_->SetTime(later);
  const auto previous = ledger_->View(false);
  ASSERT_EQ(FindSeries(*previous, "p1", "c1"), nullptr);
  Reopen();
  const auto after = ledger_->View(false);
  EXPECT_EQ(FindSeries(*after, "p1", "c1"), nullptr);
  EXPECT_EQ(after->tracked_series, previous->tracked_series);
}

TEST_F(LedgerOnDisk, OverflowStaysUnderOtherAfterRestart) {
  options_.aggregates.max_series = 13;
  Reopen();
  ASSERT_TRUE(CommitJobs(*ledger_, {FinishedRow(1, JobStatus::kCompleted, kNow, 1)}));
  ASSERT_TRUE(CommitJobs(*ledger_, {FinishedRow(2, JobStatus::kCompleted, kNow, 2)}));
  const auto previous = ledger_->View(false);
  EXPECT_EQ(previous->overflow_jobs, 1U);
  options_.aggregates.max_series = 1000;  // what was counted there stays there
  Reopen();
  const auto after = ledger_->View(false);
  EXPECT_EQ(FiguresOf(*after), FiguresOf(*previous));
}

TEST_F(LedgerOnDisk, FullDiskAppliesNothingOfAPage) {
  ASSERT_TRUE(CommitJobs(*ledger_, {FinishedRow(1, JobStatus::kCompleted, kNow)}, kNow, kNow));
  const auto previous = ledger_->View(false);
  std::vector<Job> jobs;
  for (int64_t id = 2; id <= 3000; ++id) {
    jobs.push_back(FinishedRow(id, JobStatus::kCompleted, kNow + seconds(1), id % 50));
    jobs.back().malformed = true;
  }
  {
    const FullDisk full(96 * 1024);
    const auto status = CommitJobs(*ledger_, jobs, kNow, kNow + seconds(1));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kStorage);
    EXPECT_NE(status.error().message.find("acme.sqlite3"), std::string::npos);
  }
  EXPECT_EQ(ledger_->View(false), previous);
  EXPECT_EQ(ledger_->header().watermark, kNow);
  ASSERT_TRUE(CommitJobs(*ledger_, jobs, kNow, kNow + seconds(1)));  // room again
  const auto after = ledger_->View(false);
  jobs.push_back(FinishedRow(1, JobStatus::kCompleted, kNow));
  EXPECT_EQ(FiguresOf(*after), TruthOf(jobs, FromUnix(0)));
  Reopen();
  EXPECT_EQ(FiguresOf(*ledger_->View(false)), FiguresOf(*after));
}

TEST_F(LedgerOnDisk, FailedPageIsAbsentAfterRestart) {
  std::vector<Job> jobs;
  for (int64_t id = 1; id <= 3000; ++id) {
    jobs.push_back(FinishedRow(id, JobStatus::kCompleted, kNow));
  }
  {
    const FullDisk full(64 * 1024);
    ASSERT_FALSE(CommitJobs(*ledger_, jobs, kNow, kNow));
  }
  Reopen();
  EXPECT_TRUE(ledger_->View(false)->series.empty());
  EXPECT_EQ(ledger_->header().watermark, std::nullopt);
}

TEST_F(LedgerOnDisk, KeepsTheViewOfADamagedFile) {
  ASSERT_TRUE(CommitJobs(*ledger_, {FinishedRow(1, JobStatus::kCompleted, kNow)}, kNow, kNow));
  const auto previous = ledger_->View(false);
  std::vector<Job> jobs;
  for (int64_t id = 2; id <= 2000; ++id) {
    jobs.push_back(FinishedRow(id, JobStatus::kCompleted, kNow));
  }
  {
    const FullDisk full(96 * 1024);
    ASSERT_FALSE(CommitJobs(*ledger_, jobs, kNow, kNow));
  }
  const std::string path = folder_.File("acme.sqlite3");
  std::string bytes = ReadBytes(path);
  const auto name = bytes.find("acme", 100);  // the row of the table `ledger`, and its watermark
  ASSERT_NE(name, std::string::npos);
  bytes[name + 5] = static_cast<char>(bytes[name + 5] ^ 1);
  WriteBytes(path, bytes);
  const auto status = CommitJobs(*ledger_, jobs, kNow, kNow);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("not the ones that were written"), std::string::npos)
      << status.error().message;
  EXPECT_EQ(ledger_->View(false), previous);
  EXPECT_EQ(ledger_->View(true)->count_from, previous->count_from);
  EXPECT_EQ(ledger_->View(true)->watermark, previous->watermark);
}

}  // namespace
}  // namespace xplenty::ledger_disk_test
