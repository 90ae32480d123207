#include <array>
#include <map>
#include <random>
#include <tuple>

#include <gtest/gtest.h>

#include "ledger_fixture.h"
#include "support/same_view.h"
#include "support/temporary_folder.h"

namespace xplenty::exemplars_test {
namespace {

using std::chrono::seconds;

Job Ran(int64_t id, JobStatus status, int64_t runtime, Timestamp finish, int64_t pair = 1) {
  Job job = FinishedRow(id, status, finish, pair);
  job.runtime_seconds = runtime;
  return job;
}

// The jobs that a series shows beside its runtimes of that status; 0 for none. Three buckets.
std::array<int64_t, 3> Shown(const AccountView& view, JobStatus status, int64_t pair = 1) {
  const std::string number = std::to_string(pair);
  const SeriesView* series = FindSeries(view, "p" + number, "c" + number);
  std::array<int64_t, 3> ids{};
  if (series == nullptr) return ids;
  const auto& jobs = series->counters.runtime.at(FinishedIndex(status)).exemplars();
  for (size_t i = 0; i < jobs.size(); ++i) ids.at(i) = jobs[i] ? jobs[i]->job_id : 0;
  return ids;
}

using Ids = std::array<int64_t, 3>;

class Exemplars : public testing::Test {
 protected:
  void Commit(const std::vector<Job>& jobs) { ASSERT_TRUE(CommitJobs(*ledger_, jobs)); }
  Ids Failed() const { return Shown(*ledger_->View(false), JobStatus::kFailed); }
  void Reopen() {
    ledger_.reset();
    ledger_ = OpenBorn(TestOptions(folder_.path()));
  }

  TemporaryFolder folder_;
  std::unique_ptr<Ledger> ledger_ = OpenBorn(TestOptions(folder_.path()));
};

TEST_F(Exemplars, AreTheLatestJobOfEachBucket) {
  Commit({Ran(1, JobStatus::kFailed, 10, kNow - seconds(5)),
          Ran(2, JobStatus::kFailed, 7, kNow - seconds(9)),
          Ran(3, JobStatus::kFailed, 500, kNow - seconds(7)),
          Ran(4, JobStatus::kCompleted, 500, kNow)});
  EXPECT_EQ(Failed(), (Ids{1, 0, 3}));
  EXPECT_EQ(Shown(*ledger_->View(false), JobStatus::kCompleted), (Ids{0, 0, 4}));
  EXPECT_EQ(Shown(*ledger_->View(false), JobStatus::kStopped), Ids{});
}

TEST_F(Exemplars, PreferTheHigherIdOfATie) {
  Commit({Ran(6, JobStatus::kFailed, 10, kNow), Ran(5, JobStatus::kFailed, 10, kNow)});
  EXPECT_EQ(Failed(), (Ids{6, 0, 0}));
}

TEST_F(Exemplars, AreCountedJobsWithARuntime) {
  Job never_started = Ran(2, JobStatus::kFailed, 10, kNow);
  never_started.started_at.reset();
  Commit({Ran(1, JobStatus::kFailed, 10, kNow - kLookback - seconds(1)), never_started});
  EXPECT_EQ(Failed(), Ids{});
}

TEST_F(Exemplars, FollowACorrectionOfTheFinish) {
  Commit({Ran(1, JobStatus::kFailed, 10, kNow - seconds(9)),
          Ran(2, JobStatus::kFailed, 10, kNow - seconds(5))});
  Commit({Ran(1, JobStatus::kFailed, 10, kNow - seconds(1))});
  EXPECT_EQ(Failed(), (Ids{1, 0, 0}));
  Commit({Ran(1, JobStatus::kFailed, 10, kNow - seconds(8))});
  EXPECT_EQ(Failed(), (Ids{1, 0, 0})) << "a row that lags behind changes nothing";
  Job corrected = Ran(1, JobStatus::kFailed, 10, kNow);
  corrected.failed_at = kNow - seconds(8);
  Commit({corrected});
  EXPECT_EQ(Failed(), (Ids{2, 0, 0}));
}

TEST_F(Exemplars, AppearWithTheirCounts) {
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  Commit({Ran(1, JobStatus::kFailed, 10, kNow)});
  for (int restarts = 0; restarts < 2; ++restarts) {
    EXPECT_EQ(Failed(), Ids{}) << "its bucket is still 0";
    Reopen();
  }
  ASSERT_TRUE(ledger_->ReleaseZeroFirst(ledger_->View(false)->version));
  EXPECT_EQ(Failed(), (Ids{1, 0, 0}));
}

TEST_F(Exemplars, DependOnTheFinalJobsOnly) {
  std::mt19937 random(1);
  const auto below = [&](uint32_t limit) { return static_cast<int64_t>(random() % limit); };
  std::map<int64_t, Job> jobs;  // as last seen
  Timestamp now = kNow;
  for (int page = 0; page < 150; ++page) {
    now += seconds(10);
    std::vector<Job> rows;
    for (int64_t row = below(5); row >= 0; --row) {
      const auto known = jobs.find(1 + below(60));
      Job job = known != jobs.end() ? known->second
                                    : Ran(static_cast<int64_t>(jobs.size()) + 1,
                                          kFinishedStatuses[static_cast<size_t>(below(3))],
                                          below(300), now, 1 + below(2));
      job.updated_at = now;
      // Beside new jobs there are corrections, forwards and backwards.
      auto& finish = job.status == JobStatus::kFailed ? job.failed_at : job.completed_at;
      finish = now - seconds(below(200));
      jobs[job.id] = job;
      rows.push_back(job);
    }
    ASSERT_TRUE(CommitJobs(*ledger_, rows, now));
    std::map<std::tuple<int64_t, JobStatus>, std::array<const Job*, 3>> latest;
    for (const auto& [id, job] : jobs) {
      const size_t bucket = *job.runtime_seconds <= 10 ? 0 : *job.runtime_seconds <= 100 ? 1 : 2;
      const Job*& shown = latest[{*job.package_id, job.status}].at(bucket);
      if (shown == nullptr || *FinishTime(job) >= *FinishTime(*shown)) shown = &job;
    }
    const auto view = ledger_->View(false);
    for (const auto& [key, expected] : latest) {
      const Ids shown = Shown(*view, std::get<JobStatus>(key), std::get<int64_t>(key));
      for (size_t i = 0; i < shown.size(); ++i) {
        EXPECT_EQ(shown.at(i), expected.at(i) == nullptr ? 0 : expected.at(i)->id) << page;
      }
    }
    if (page % 50 != 0) continue;
    Reopen();
    ledger_->SetTime(now);
    EXPECT_EQ(Difference(*ledger_->View(false), *view), "");
  }
}

}  // namespace
}  // namespace xplenty::exemplars_test
