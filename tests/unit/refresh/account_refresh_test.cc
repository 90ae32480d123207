#include "refresh/account_refresh.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "refresh_fixture.h"
#include "support/temporary_folder.h"

namespace xplenty::account_refresh_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

// Jobs that are created, run and end, by the server's clock.
struct LiveJobs {
  ListServer& server;
  int64_t next_id = 1;

  void Create(Timestamp now, int64_t pair) {
    Job job = MakeJob(next_id, JobStatus::kIdle, now, pair);
    job.created_at = now;
    server.jobs[next_id++] = job;
  }
  static void Run(Job& job, Timestamp now) {
    job.status = JobStatus::kRunning;
    job.started_at = job.updated_at = now;
  }
  static void End(Job& job, JobStatus status, Timestamp now, int64_t records) {
    job.status = status;
    if (job.started_at) {
      job.runtime_seconds = (now - *job.started_at).count();
      job.outputs = {{.id = job.id, .records = records}};
    }
    if (status == JobStatus::kCompleted) job.completed_at = now;
    job.updated_at = now;
  }
  Job& Finished(Timestamp now, int64_t pair = 1) {
    Create(now, pair);
    Job& job = server.jobs.rbegin()->second;
    Run(job, now);
    End(job, JobStatus::kCompleted, now, 10);
    return job;
  }
  Job& Running(Timestamp now) {
    Create(now, 1);
    Run(server.jobs.rbegin()->second, now);
    return server.jobs.rbegin()->second;
  }
};

class AccountRefreshTest : public testing::Test {
 protected:
  void Start(bool memory_only = false) {
    exporter_ = std::make_unique<Exporter>(server_, clock_, memory_only);
    exporter_->Start();
  }
  Timestamp Now() { return exporter_->source.ServerTime(); }
  size_t RequestsOfARefresh() {
    const size_t previous = exporter_->source.requests.size();
    EXPECT_TRUE(exporter_->Refresh());
    return exporter_->source.requests.size() - previous;
  }
  uint64_t Jobs(JobStatus status) {
    uint64_t jobs = 0;
    for (const auto& series : exporter_->View()->series) {
      jobs += series->jobs[static_cast<size_t>(status)];
    }
    return jobs;
  }

  ListServer server_{.page_size = 5};
  FakeClock clock_;
  LiveJobs jobs_{server_};
  std::unique_ptr<Exporter> exporter_;
};

TEST_F(AccountRefreshTest, CostsOneRequestWhenNothingRuns) {
  Start();
  jobs_.Finished(Now());
  ASSERT_TRUE(exporter_->Refresh());
  clock_.Advance(hours(1));
  EXPECT_EQ(RequestsOfARefresh(), 1U);
}

TEST_F(AccountRefreshTest, LogsAFoldedPackageOnce) {
  const TemporaryFolder folder;
  exporter_ = std::make_unique<Exporter>(server_, clock_, false, folder.path());
  exporter_->ledger_options.aggregates.max_series = 0;
  for (int start = 0; start < 2; ++start) {
    exporter_->refresh.reset();  // closes the ledger
    exporter_->Start();
    jobs_.Finished(Now(), 1);
    jobs_.Finished(Now(), 2);
    ASSERT_TRUE(exporter_->Refresh());
  }
  const std::string line = "No room for a package: it is counted under package=\"other\" package=";
  EXPECT_THAT(exporter_->log.lines(), testing::ElementsAre(line + "p1 raise=--metrics.max-series",
                                                           line + "p2 raise=--metrics.max-series"));
}

TEST_F(AccountRefreshTest, TakesTwoRequestsWhenJobsRun) {
  Start();
  jobs_.Running(Now());
  jobs_.Running(Now());
  ASSERT_TRUE(exporter_->Refresh());
  clock_.Advance(hours(1));
  EXPECT_LE(RequestsOfARefresh(), 2U);
}

TEST_F(AccountRefreshTest, ListsWaitingStatusesOnceAMinute) {
  Start();
  for (const JobStatus status : kListableUnfinishedStatuses) {
    Job& job = jobs_.Running(Now());
    job.status = status;
  }
  clock_.Advance(hours(1));
  jobs_.Finished(Now());  // advances the watermark: no scan shows the others any more
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(RequestsOfARefresh(), 1 + kListableUnfinishedStatuses.size());
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(seconds(15));
    EXPECT_EQ(RequestsOfARefresh(), 2U) << "the scan, and the running jobs";
  }
  clock_.Advance(seconds(15));
  EXPECT_EQ(RequestsOfARefresh(), 1 + kListableUnfinishedStatuses.size());
}

// Older versions of the API do not know each status.
TEST_F(AccountRefreshTest, GoesOnWithoutARefusedStatus) {
  Start();
  int refused = 0;
  exporter_->source.refuses = [&](const PageRequest& request) {
    const bool refuses =
        request.status == JobStatus::kStopping || request.status == JobStatus::kQueued;
    if (refuses) ++refused;
    return refuses;
  };
  jobs_.Running(Now());
  EXPECT_FALSE(exporter_->Refresh()) << "it may be by chance";
  EXPECT_THAT(exporter_->log.lines(), testing::IsEmpty());
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(Jobs(JobStatus::kRunning), 1U);
  EXPECT_THAT(exporter_->log.lines(),
              ElementsAre("The API lists no jobs of a status: tried again once a day status=queued "
                          "err=HTTP 422: not known",
                          "The API lists no jobs of a status: tried again once a day "
                          "status=stopping err=HTTP 422: not known"));
  clock_.Advance(hours(1));
  exporter_->Reconcile();
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(refused, 4) << "it is not asked again";
  clock_.Advance(hours(24));
  exporter_->Reconcile();
  EXPECT_EQ(refused, 6) << "it is asked once a day";
  EXPECT_EQ(exporter_->log.lines().size(), 2U);
  exporter_->Reconcile();
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(Jobs(JobStatus::kRunning), 1U) << "the reconcile has ended";
}

TEST_F(AccountRefreshTest, FailsIfAllStatusesAreRefused) {
  Start();
  exporter_->source.refuses = [](const PageRequest&) { return true; };
  EXPECT_FALSE(exporter_->Refresh());
  EXPECT_THAT(exporter_->log.lines(), testing::IsEmpty());
  exporter_->source.refuses = nullptr;
  EXPECT_TRUE(exporter_->Refresh());
  EXPECT_GE(exporter_->source.requests.size(), kListableUnfinishedStatuses.size());
}

TEST_F(AccountRefreshTest, FailsIfAListingFailsOtherwise) {
  Start();
  exporter_->source.fail_after = 0;
  EXPECT_FALSE(exporter_->Refresh());
  EXPECT_THAT(exporter_->log.lines(), testing::IsEmpty());
}

TEST_F(AccountRefreshTest, ReadsJobsWithUnchangedUpdatedAt) {
  Start();
  Job& job = jobs_.Running(Now());
  clock_.Advance(hours(1));
  jobs_.Finished(Now());  // advances the watermark: no scan shows the job any more
  ASSERT_TRUE(exporter_->Refresh());
  job.progress = 0.75;
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(exporter_->View()->series.front()->started->mean_progress, 0.75);
}

TEST_F(AccountRefreshTest, ResumesAtWatermarkLessOverlap) {
  Start();
  const Timestamp begin = Now() - hours(2);
  for (int i = 0; i < 40; ++i) jobs_.Finished(begin + minutes(i));
  exporter_->source.fail_after = 6 + 3;  // after the listings of all unfinished statuses
  EXPECT_FALSE(exporter_->Refresh());
  const auto watermark = exporter_->refresh->ledger().header().watermark;
  EXPECT_EQ(watermark, begin + minutes(12));  // three pages of five, each edge read twice
  exporter_->source.fail_after.reset();
  exporter_->source.requests.clear();
  ASSERT_TRUE(exporter_->Refresh());
  const auto& requests = exporter_->source.requests;
  ASSERT_GT(requests.size(), 6U);
  EXPECT_EQ(requests[6].since, *watermark - seconds(60));
  EXPECT_EQ(exporter_->figures(), exporter_->truth(server_));
}

TEST_F(AccountRefreshTest, CountsLateRowsWithinTheOverlap) {
  Start();
  const Timestamp watermark = Now();
  jobs_.Finished(watermark);
  ASSERT_TRUE(exporter_->Refresh());
  ASSERT_EQ(exporter_->refresh->ledger().header().watermark, watermark);
  clock_.Advance(seconds(30));
  jobs_.Finished(watermark - seconds(60));
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(exporter_->figures(), exporter_->truth(server_));
}

TEST_F(AccountRefreshTest, FutureRowDoesNotAdvanceTheWatermark) {
  Start();
  jobs_.Finished(Now() + hours(24 * 365));
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_LE(*exporter_->refresh->ledger().header().watermark, Now());
  clock_.Advance(minutes(5));
  jobs_.Finished(Now());
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(exporter_->figures(), exporter_->truth(server_));
}

TEST_F(AccountRefreshTest, UsesTheServersClock) {
  Start();
  exporter_->source.skew = -hours(24 * 30);
  jobs_.Finished(Now() - hours(1));
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(exporter_->refresh->ledger().header().count_from, Now() - hours(24));
  EXPECT_EQ(exporter_->figures(), exporter_->truth(server_));
  EXPECT_EQ(Jobs(JobStatus::kCompleted), 1U);
}

TEST_F(AccountRefreshTest, UsesLocalClockWithoutDateHeader) {
  Start();
  exporter_->source.sends_date = false;
  jobs_.Finished(Now());
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(exporter_->refresh->ledger().header().count_from, Now() - hours(24));
  EXPECT_EQ(exporter_->figures(), exporter_->truth(server_));
}

TEST_F(AccountRefreshTest, RecoversFromAClockFarAhead) {
  Start();
  exporter_->source.skew = -hours(24 * 30);
  jobs_.Finished(Now() - hours(20));
  jobs_.Finished(Now() - hours(1));
  exporter_->source.sends_date = false;  // so that the local clock is used
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(Jobs(JobStatus::kCompleted), 0U);
  exporter_->source.sends_date = true;
  clock_.Advance(minutes(16));
  ASSERT_TRUE(exporter_->Refresh());
  exporter_->Reconcile();
  EXPECT_EQ(Jobs(JobStatus::kCompleted), 2U);
  clock_.Advance(hours(5));
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(Jobs(JobStatus::kCompleted), 1U);
}

TEST_F(AccountRefreshTest, AppliesNothingOfABadPage) {
  Start();
  jobs_.Finished(Now());
  ASSERT_TRUE(exporter_->Refresh());
  const auto previous = exporter_->View();
  jobs_.Finished(Now());
  exporter_->source.fail_after = 0;
  const auto failure = exporter_->refresh->Run({});
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->error.code, ErrorCode::kParse);
  EXPECT_EQ(exporter_->View(), previous);
}

TEST_F(AccountRefreshTest, DropsVanishedJobAfterTwoReconciles) {
  Start();
  jobs_.Running(Now());
  const Job& stays = jobs_.Running(Now());
  ASSERT_TRUE(exporter_->Refresh());
  server_.jobs.erase(1);
  for (const uint64_t left : {2U, 1U}) {
    clock_.Advance(minutes(16));
    ASSERT_TRUE(exporter_->Refresh());
    exporter_->Reconcile();
    EXPECT_EQ(Jobs(JobStatus::kRunning), left);
  }
  EXPECT_EQ(exporter_->View()->anomalies[static_cast<size_t>(AnomalyReason::kVanished)], 1U);
  EXPECT_EQ(WithoutEmptySeries(exporter_->figures()), AllFigures());
  EXPECT_EQ(stays.status, JobStatus::kRunning);
}

TEST_F(AccountRefreshTest, ReconcileFindsRowsBeyondTheOverlap) {
  Start();
  ASSERT_TRUE(exporter_->Refresh());
  clock_.Advance(hours(2));
  jobs_.Finished(Now());
  ASSERT_TRUE(exporter_->Refresh());
  jobs_.Finished(Now() - hours(1));
  ASSERT_TRUE(exporter_->Refresh());
  exporter_->Reconcile();
  EXPECT_EQ(exporter_->figures(), exporter_->truth(server_));
}

TEST_F(AccountRefreshTest, WithoutStorageStartTimeIsIrrelevant) {
  Start(/*memory_only=*/true);  // at 16:00
  jobs_.Finished(Now() - hours(17));
  jobs_.Finished(Now() - hours(16));
  jobs_.Finished(Now() - hours(3));
  ASSERT_TRUE(exporter_->Refresh());
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(hours(1));
    jobs_.Finished(Now());
    ASSERT_TRUE(exporter_->Refresh());
  }
  Exporter late(server_, clock_, /*memory_only=*/true);
  late.Start();
  ASSERT_TRUE(late.Refresh());
  EXPECT_EQ(late.figures(), exporter_->figures());
  EXPECT_EQ(late.figures(), late.truth(server_));
  uint64_t counted = 0;
  for (const auto& [labels, figures] : late.figures()) counted += figures.finished[0];
  EXPECT_EQ(counted, 7U);  // all but yesterday's job
}

TEST_F(AccountRefreshTest, WithoutStorageRestartsAtMidnight) {
  Start(/*memory_only=*/true);  // at 16:00
  jobs_.Finished(Now());
  ASSERT_TRUE(exporter_->Refresh());
  const uint64_t version = exporter_->View()->version;
  clock_.Advance(hours(9));
  jobs_.Finished(Now() - minutes(10));
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_GT(exporter_->View()->version, version);
  EXPECT_EQ(WithoutEmptySeries(exporter_->figures()), exporter_->truth(server_));
  EXPECT_EQ(exporter_->refresh->ledger().header().count_from, Now() - hours(1));
  EXPECT_EQ(Jobs(JobStatus::kCompleted), 2U);  // the lookback reaches over midnight
  EXPECT_EQ(exporter_->View()->packages.size(), 1U);
}

TEST_F(AccountRefreshTest, NoticesMidnightInAReconcileToo) {
  Start(/*memory_only=*/true);
  jobs_.Finished(Now());
  ASSERT_TRUE(exporter_->Refresh());
  clock_.Advance(hours(9));
  exporter_->Reconcile();
  EXPECT_FALSE(exporter_->refresh->completed_once());
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(WithoutEmptySeries(exporter_->figures()), AllFigures());
}

TEST_F(AccountRefreshTest, CountsJobsFinishedDuringDowntime) {
  const TemporaryFolder folder;
  const auto restart = [&] {
    exporter_.reset();
    exporter_ = std::make_unique<Exporter>(server_, clock_, false, folder.path());
    exporter_->Start();
    ASSERT_TRUE(exporter_->Refresh());
  };
  restart();
  jobs_.Finished(Now());
  ASSERT_TRUE(exporter_->Refresh());
  clock_.Advance(hours(24 * 5));
  for (int i = 0; i < 12; ++i) jobs_.Finished(Now() - hours(10 * i), i % 2);
  restart();
  EXPECT_EQ(exporter_->figures(), exporter_->truth(server_));
}

TEST_F(AccountRefreshTest, WatermarkIsNotBeyondScanStart) {
  Start();
  ASSERT_TRUE(exporter_->Refresh());
  clock_.Advance(hours(1));
  const Timestamp begin = Now();
  for (int i = 0; i < 6; ++i) jobs_.Finished(begin - seconds(6 - i));
  exporter_->source.before_response = [&] {
    clock_.Advance(minutes(2));
    jobs_.Finished(Now());
  };
  ASSERT_TRUE(exporter_->Refresh());
  exporter_->source.before_response = {};
  EXPECT_EQ(*exporter_->refresh->ledger().header().watermark, begin);
  jobs_.Finished(begin - seconds(2));  // becomes visible after its page was read
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(exporter_->figures(), exporter_->truth(server_));
}

TEST_F(AccountRefreshTest, DropsUnlistableUnknownStatusWithoutReport) {
  Start();
  Job& job = jobs_.Running(Now());
  job.status = JobStatus::kUnknown;
  ASSERT_TRUE(exporter_->Refresh());
  for (const uint64_t left : {1U, 1U, 1U, 0U}) {
    clock_.Advance(left == 1 ? hours(7) : hours(14));
    jobs_.Finished(Now());  // advances the watermark
    for (int i = 0; i < 2; ++i) {
      clock_.Advance(minutes(16));
      ASSERT_TRUE(exporter_->Refresh());
      exporter_->Reconcile();
    }
    EXPECT_EQ(Jobs(JobStatus::kUnknown), left);
  }
  EXPECT_EQ(exporter_->View()->anomalies[static_cast<size_t>(AnomalyReason::kVanished)], 0U);
}

}  // namespace
}  // namespace xplenty::account_refresh_test
