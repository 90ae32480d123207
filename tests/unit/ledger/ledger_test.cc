#include "ledger/ledger.h"

#include <limits>

#include <gtest/gtest.h>

#include "ledger_fixture.h"

namespace xplenty::ledger_test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class MemoryLedger : public testing::Test {
 protected:
  std::shared_ptr<const AccountView> View() { return ledger_->View(true); }
  void Commit(const std::vector<Job>& jobs, Timestamp now = kNow) {
    ASSERT_TRUE(CommitJobs(*ledger_, jobs, now));
  }
  uint64_t Finished(JobStatus status, int64_t pair = 1) {
    const auto view = View();
    const auto n = std::to_string(pair);
    const SeriesView* series = FindSeries(*view, "p" + n, "c" + n);
    return series == nullptr ? 0 : series->counters.finished[FinishedIndex(status)];
  }
  uint64_t Now(JobStatus status) {
    const auto view = View();
    const SeriesView* series = FindSeries(*view, "p1", "c1");
    return series == nullptr ? 0 : series->jobs[static_cast<size_t>(status)];
  }
  void Restart(const LedgerOptions& options) { ledger_ = OpenBorn(options); }

  std::unique_ptr<Ledger> ledger_ = OpenBorn(TestOptions(""));
};

TEST_F(MemoryLedger, CountsEachJobOnce) {
  const Job running = MakeJob(1, JobStatus::kRunning, kNow - seconds(9));
  const Job done = FinishedRow(1, JobStatus::kCompleted, kNow);
  Commit({done, running, done});
  Commit({running});
  Commit({done});
  EXPECT_EQ(Finished(JobStatus::kCompleted), 1U);
  EXPECT_EQ(Now(JobStatus::kRunning), 0U);
  EXPECT_EQ(Now(JobStatus::kCompleted), 1U);
  EXPECT_EQ(FiguresOf(*View()), TruthOf({done}, FromUnix(0)));
}

TEST_F(MemoryLedger, AddsTheGrowthOfOutputs) {
  Commit({FinishedRow(1, JobStatus::kCompleted, kNow, 1, 5)});
  Commit({FinishedRow(1, JobStatus::kCompleted, kNow, 1, 9)});
  Commit({FinishedRow(1, JobStatus::kCompleted, kNow, 1, 2)});
  EXPECT_EQ(FindSeries(*View(), "p1", "c1")->counters.records, 9U);
  EXPECT_EQ(AnomaliesOf(*View(), AnomalyReason::kRecordsDecreased), 1U);
}

TEST_F(MemoryLedger, CountsAnomaliesOncePerReason) {
  Job odd = MakeJob(1, JobStatus::kUnknown, kNow);
  odd.malformed = true;
  const std::vector<RejectedRow> rejects = {{.fingerprint = 77}, {.fingerprint = 77}};
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(ledger_->Commit({.jobs = {odd, odd},
                                 .rejects = rejects,
                                 .server_time = kNow,
                                 .watermark = {},
                                 .scraped_version = 0}));
  }
  EXPECT_EQ(AnomaliesOf(*View(), AnomalyReason::kUnknownStatus), 1U);
  EXPECT_EQ(AnomaliesOf(*View(), AnomalyReason::kMalformed), 2U);
}

TEST_F(MemoryLedger, ReopenedJobIsUnfinishedAgain) {
  Commit({FinishedRow(1, JobStatus::kCompleted, kNow)});
  Commit({MakeJob(1, JobStatus::kRunning, kNow + seconds(5))});
  EXPECT_EQ(Now(JobStatus::kCompleted), 0U);
  EXPECT_EQ(Now(JobStatus::kRunning), 1U);
  Commit({FinishedRow(1, JobStatus::kFailed, kNow + seconds(9))});
  EXPECT_EQ(Now(JobStatus::kFailed), 1U);
  EXPECT_EQ(Finished(JobStatus::kCompleted), 1U);
  EXPECT_EQ(Finished(JobStatus::kFailed), 0U);
  EXPECT_EQ(AnomaliesOf(*View(), AnomalyReason::kReopened), 1U);
}

TEST_F(MemoryLedger, ShowsTheCurrentUnfinishedJobs) {
  Job job = MakeJob(4, JobStatus::kQueued, kNow);
  job.created_at = kNow - seconds(9);
  Commit({job, FinishedRow(5, JobStatus::kCompleted, kNow)});
  job.status = JobStatus::kRunning;
  job.started_at = kNow;
  job.progress = 0.25;
  job.outputs = {{.id = 1, .records = 3}, {.id = 2, .records = 4}};
  job.link = "https://x/4";
  Commit({job});
  const auto unfinished = View()->unfinished;
  ASSERT_EQ(unfinished->size(), 1U);
  const UnfinishedJob& shown = unfinished->at(0);
  EXPECT_EQ(shown.id, 4);
  EXPECT_EQ(shown.package + " " + shown.cluster, "p1 c1");
  EXPECT_EQ(shown.status, JobStatus::kRunning);
  EXPECT_EQ(shown.progress, 0.25);
  EXPECT_EQ(shown.created_at, kNow - seconds(9));
  EXPECT_EQ(shown.started_at, kNow);
  EXPECT_EQ(shown.records, 7);
  EXPECT_EQ(shown.link, "https://x/4");
  Commit({job});
  EXPECT_EQ(View()->unfinished, unfinished);
  Commit({FinishedRow(4, JobStatus::kCompleted, kNow)});
  EXPECT_TRUE(View()->unfinished->empty());
}

TEST_F(MemoryLedger, RepeatedFinishKeepsAReopenedJob) {
  const Job done = FinishedRow(1, JobStatus::kCompleted, kNow);
  Commit({done});
  Commit({MakeJob(1, JobStatus::kRunning, kNow + seconds(5))});
  Commit({done});
  EXPECT_EQ(Now(JobStatus::kCompleted) + Now(JobStatus::kRunning), 1U);
}

TEST_F(MemoryLedger, LookbackDropsJobsNotCounters) {
  Commit({FinishedRow(1, JobStatus::kCompleted, kNow)});
  ledger_->SetTime(kNow + kLookback);
  EXPECT_EQ(Now(JobStatus::kCompleted), 1U);
  ledger_->SetTime(kNow + kLookback + seconds(1));
  EXPECT_EQ(Now(JobStatus::kCompleted), 0U);
  EXPECT_EQ(Finished(JobStatus::kCompleted), 1U);
}

TEST_F(MemoryLedger, DropsAJobAfterTwoMissedReconciles) {
  Commit({MakeJob(1, JobStatus::kRunning, kNow), MakeJob(2, JobStatus::kRunning, kNow)});
  const auto reconcile = [&](const std::vector<Job>& listed) {
    const uint64_t since = ledger_->sequence();
    Commit(listed);
    return *ledger_->DropVanished(since);
  };
  const Job other = MakeJob(2, JobStatus::kRunning, kNow);
  EXPECT_EQ(reconcile({other}), 0U);
  EXPECT_EQ(reconcile({other, MakeJob(1, JobStatus::kRunning, kNow)}), 0U);  // back: starts again
  EXPECT_EQ(reconcile({other}), 0U);
  EXPECT_EQ(reconcile({other}), 1U);
  EXPECT_EQ(Now(JobStatus::kRunning), 1U);
  EXPECT_EQ(AnomaliesOf(*View(), AnomalyReason::kVanished), 1U);
  EXPECT_EQ(FiguresOf(*View())[std::pair("p1", "c1")], Figures{});
}

TEST_F(MemoryLedger, NewSeriesIsZeroUntilReleased) {
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  Commit({FinishedRow(1, JobStatus::kFailed, kNow)});
  const auto first = View();
  ASSERT_NE(FindSeries(*first, "p1", "c1"), nullptr);
  EXPECT_EQ(Finished(JobStatus::kFailed), 0U);
  EXPECT_EQ(Now(JobStatus::kFailed), 1U);  // the present is not held
  ASSERT_TRUE(ledger_->ReleaseZeroFirst(first->version - 1));
  EXPECT_EQ(Finished(JobStatus::kFailed), 0U);
  ASSERT_TRUE(ledger_->ReleaseZeroFirst(first->version));
  EXPECT_EQ(Finished(JobStatus::kFailed), 1U);
}

TEST_F(MemoryLedger, FirstRefreshShowsValuesAtOnce) {
  Commit({FinishedRow(1, JobStatus::kFailed, kNow)});
  EXPECT_EQ(Finished(JobStatus::kFailed), 1U);
}

TEST_F(MemoryLedger, UnfinishedJobCreatesItsSeries) {
  Commit({MakeJob(1, JobStatus::kIdle, kNow)});
  const auto view = View();
  ASSERT_NE(FindSeries(*view, "p1", "c1"), nullptr);
  EXPECT_EQ(FindSeries(*view, "p1", "c1")->counters.finished, (std::array<uint64_t, 3>{}));
}

// Thirty runs of a package, each on a cluster of its own, then four that fail.
class ClusterPerRun : public MemoryLedger {
 protected:
  static LedgerOptions Options() {
    LedgerOptions options = TestOptions("");
    options.aggregates.max_series = 3 + 5 * 10;  // four series beside the reserve
    return options;
  }
  static Job Run(int64_t id, JobStatus status) {
    Job job = FinishedRow(id, status, kNow + seconds(id), id);
    job.package_id = 1;
    job.package_name = "sales";
    return job;
  }
  void CommitRun(int64_t id, JobStatus status, uint64_t scraped) {
    ASSERT_TRUE(CommitJobs(*ledger_, {Run(id, status)}, kNow + seconds(id), {}, scraped));
  }
  void PlayRuns(bool scraped) {
    Restart(Options());
    ASSERT_TRUE(ledger_->CompleteInitialSync());
    for (int64_t id = 1; id <= 34; ++id) {
      CommitRun(id, id <= 30 ? JobStatus::kCompleted : JobStatus::kFailed,
                scraped ? View()->version : 0);
      ASSERT_TRUE(ledger_->ReleaseZeroFirst(View()->version));
      ASSERT_LE(View()->tracked_series, Options().aggregates.max_series);
    }
  }
};

TEST_F(ClusterPerRun, ShowsTheNewestClusters) {
  PlayRuns(/*scraped=*/true);
  const auto view = View();
  EXPECT_EQ(view->series.size(), 4U);
  EXPECT_NE(FindSeries(*view, "sales", "c34"), nullptr);
  EXPECT_EQ(FindSeries(*view, "sales", "other"), nullptr);
  EXPECT_EQ(view->overflow_jobs, 0U);
  CommitRun(1, JobStatus::kFailed, view->version);  // corrected: its series is retired
  Job again = Run(40, JobStatus::kCompleted);
  again.cluster_id = 1;
  again.cluster_name = "c1";
  ASSERT_TRUE(CommitJobs(*ledger_, {again}, kNow + seconds(40), {}, View()->version));
  ASSERT_TRUE(ledger_->ReleaseZeroFirst(View()->version));
  EXPECT_EQ(FindSeries(*View(), "sales", "c1")->counters.finished[0], 2U) << "with its old values";
}

TEST_F(ClusterPerRun, CountsNewAndEvictedSeries) {
  PlayRuns(/*scraped=*/true);
  EXPECT_EQ(View()->max_series, Options().aggregates.max_series);
  EXPECT_EQ(View()->created_series, 34U * 10);
  EXPECT_EQ(View()->evicted_series, 30U * 10) << "four are left";
  Job again = Run(40, JobStatus::kCompleted);
  again.cluster_id = 1;
  again.cluster_name = "c1";
  ASSERT_TRUE(CommitJobs(*ledger_, {again}, kNow + seconds(40), {}, View()->version));
  EXPECT_EQ(View()->created_series, 34U * 10) << "it returns";
  ledger_->SetTime(kNow + seconds(60));
  EXPECT_EQ(View()->daily_new_series, 34U * 10);
}

TEST_F(ClusterPerRun, FirstRefreshMakesNoNewSeries) {
  Restart(Options());
  CommitRun(1, JobStatus::kCompleted, 0);
  EXPECT_EQ(View()->created_series, 0U);
}

TEST_F(ClusterPerRun, FoldsClustersAloneWithoutScrapes) {
  PlayRuns(/*scraped=*/false);
  const auto view = View();
  const SeriesView* folded = FindSeries(*view, "sales", "other");
  ASSERT_NE(folded, nullptr);
  EXPECT_EQ(folded->counters.finished[0] + folded->counters.finished[1], 30U);
  EXPECT_EQ(view->overflow_jobs, 30U);
  EXPECT_EQ(FindSeries(*view, "other", "other"), nullptr);
}

TEST_F(ClusterPerRun, RowsReadAgainKeepNoSeries) {
  Restart(Options());
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  std::vector<Job> rows;  // each refresh reads the latest updates again
  for (int64_t id = 1; id <= 10; ++id) {
    rows.push_back(Run(id, JobStatus::kCompleted));
    ASSERT_TRUE(CommitJobs(*ledger_, rows, kNow + seconds(id), {}, View()->version));
    ASSERT_TRUE(ledger_->ReleaseZeroFirst(View()->version));
  }
  EXPECT_NE(FindSeries(*View(), "sales", "c10"), nullptr);
  EXPECT_EQ(View()->overflow_jobs, 0U);
}

TEST_F(ClusterPerRun, PackageFollowsEachJobPastTheCap) {
  for (const bool scraped : {true, false}) {
    PlayRuns(scraped);
    const auto view = View();
    const PackageView* sales = FindPackage(*view, "sales");
    ASSERT_NE(sales, nullptr);
    EXPECT_EQ(sales->last_status, JobStatus::kFailed) << scraped;
    EXPECT_EQ(sales->consecutive_failures, 4U) << scraped;
  }
}

TEST_F(MemoryLedger, FoldsPackagesThatDoNotFit) {
  LedgerOptions options = TestOptions("");
  options.aggregates.max_series = 26;  // two packages with a series each
  Restart(options);
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  Commit({FinishedRow(1, JobStatus::kCompleted, kNow, 1),
          FinishedRow(2, JobStatus::kCompleted, kNow, 2)});
  Commit({FinishedRow(3, JobStatus::kCompleted, kNow, 3),
          FinishedRow(4, JobStatus::kCompleted, kNow, 4)});
  Commit({FinishedRow(5, JobStatus::kCompleted, kNow, 1),
          FinishedRow(6, JobStatus::kCompleted, kNow, 3)});
  ASSERT_TRUE(ledger_->ReleaseZeroFirst(View()->version));
  const auto view = View();
  EXPECT_EQ(FindSeries(*view, "other", "other")->counters.finished[0], 3U);
  EXPECT_EQ(Finished(JobStatus::kCompleted, 1), 2U);
  EXPECT_EQ(FindSeries(*view, "p3", "c3"), nullptr);
  EXPECT_EQ(view->overflow_jobs, 3U);
  EXPECT_EQ(AnomaliesOf(*view, AnomalyReason::kPackageFolded), 2U) << "once a package";
}

TEST_F(MemoryLedger, OnePageCannotExceedTheCap) {
  LedgerOptions options = TestOptions("");
  options.aggregates.max_series = 100;
  Restart(options);
  std::vector<Job> jobs;
  for (int64_t id = 1; id <= 50; ++id) {
    jobs.push_back(FinishedRow(id, JobStatus::kCompleted, kNow, id));
  }
  Commit(jobs);
  EXPECT_LE(View()->tracked_series, 100U + 10U);  // "other" itself comes on top
  uint64_t counted = 0;
  for (const auto& [labels, figures] : FiguresOf(*View())) counted += figures.finished[0];
  EXPECT_EQ(counted, 50U);
}

TEST_F(MemoryLedger, ReactivatedSeriesKeepsItsCounters) {
  Commit({FinishedRow(1, JobStatus::kCompleted, kNow)});
  ledger_->SetTime(kNow + hours(24 * 9));
  EXPECT_EQ(FindSeries(*View(), "p1", "c1"), nullptr);
  ASSERT_EQ(View()->packages.size(), 1U);  // the cap does not press
  const Timestamp later = kNow + hours(24 * 9);
  Commit({FinishedRow(2, JobStatus::kCompleted, later)}, later);
  EXPECT_EQ(Finished(JobStatus::kCompleted), 2U);
}

TEST_F(MemoryLedger, UnfinishedJobKeepsASeriesActive) {
  Commit({MakeJob(1, JobStatus::kRunning, kNow)});
  ledger_->SetTime(kNow + hours(24 * 9));
  EXPECT_NE(FindSeries(*View(), "p1", "c1"), nullptr);
}

TEST_F(MemoryLedger, SharesTheViewUntilAChange) {
  const std::vector<Job> jobs = {FinishedRow(1, JobStatus::kCompleted, kNow),
                                 MakeJob(2, JobStatus::kRunning, kNow)};
  Commit(jobs);
  const auto view = View();
  Commit(jobs);
  EXPECT_EQ(View(), view);
  EXPECT_NE(ledger_->View(false), view);
}

TEST_F(MemoryLedger, ShowsTheUnfinishedJobsTogether) {
  Job started = MakeJob(1, JobStatus::kRunning, kNow);
  started.started_at = kNow - seconds(50);
  started.progress = 0.5;
  started.outputs = {{.id = 1, .records = 7}};
  Job other = started;
  other.id = 2;
  other.started_at = kNow - seconds(70);
  other.progress.reset();
  Job waiting = MakeJob(3, JobStatus::kQueued, kNow);
  waiting.created_at = kNow - seconds(5);
  Commit({started, other, waiting});
  const auto view = View();
  const SeriesView* series = FindSeries(*view, "p1", "c1");
  ASSERT_TRUE(series->started);
  EXPECT_EQ(series->started->mean_progress, 0.5);
  EXPECT_EQ(series->started->oldest_start, kNow - seconds(70));
  EXPECT_EQ(series->started->records, 14);
  EXPECT_EQ(series->oldest_waiting_creation, kNow - seconds(5));
}

TEST_F(MemoryLedger, SaturatesTheRecordsOfUnfinishedJobs) {
  Job job = MakeJob(1, JobStatus::kRunning, kNow);
  job.started_at = kNow;
  job.outputs = {{.id = 1, .records = std::numeric_limits<int64_t>::max()}};
  Job other = job;
  other.id = 2;
  Commit({job, other});
  const auto view = View();
  EXPECT_EQ(FindSeries(*view, "p1", "c1")->started->records, std::numeric_limits<int64_t>::max());
}

TEST_F(MemoryLedger, IgnoresJobsBeforeCountFrom) {
  Commit({FinishedRow(1, JobStatus::kCompleted, kNow - kLookback - seconds(1)),
          FinishedRow(2, JobStatus::kCompleted, kNow - kLookback)});
  EXPECT_EQ(Finished(JobStatus::kCompleted), 1U);
}

}  // namespace
}  // namespace xplenty::ledger_test
