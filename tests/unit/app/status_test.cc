#include "app/status.h"

#include <array>

#include <gtest/gtest.h>

namespace xplenty {
namespace {

using std::chrono::seconds;

constexpr Timestamp kThen = FromUnix(1'000'000'000);

FinishedRun ARun(JobStatus status, std::optional<int64_t> runtime) {
  return {.finished_at = kThen, .id = 1, .status = status, .runtime_seconds = runtime};
}

PackageView Package(const std::string& name, std::vector<FinishedRun> runs) {
  PackageView view;
  view.package = name;
  view.last_finish = kThen;
  view.last_status = JobStatus::kStopped;
  view.recent = std::make_shared<std::vector<FinishedRun>>(std::move(runs));
  return view;
}

UnfinishedJob Job(int64_t id, JobStatus status, std::optional<Timestamp> started) {
  return {.id = id,
          .package = "sales",
          .cluster = "blue",
          .status = status,
          .progress = 0.5,
          .created_at = kThen - seconds(60),
          .started_at = started,
          .records = 7,
          .link = "https://x"};
}

class StatusTest : public testing::Test {
 protected:
  StatusPage Make() const {
    const std::array accounts = {AccountStatus{
        .name = "acme", .health = health_, .view = std::make_shared<const AccountView>(view_)}};
    return MakeStatusPage("/metrics", accounts);
  }
  std::optional<seconds> MedianOf(std::vector<FinishedRun> runs) {
    view_.packages = {Package("sales", std::move(runs))};
    return Make().packages.at(0).median_runtime;
  }

  ApiHealth health_;
  AccountView view_ = [] {
    AccountView view;
    view.state_current = true;
    return view;
  }();
};

TEST_F(StatusTest, ShowsAccountBeforeAnyView) {
  health_.last_error = "no route";
  const std::array accounts = {AccountStatus{.name = "acme", .health = health_, .view = nullptr}};
  const StatusPage page = MakeStatusPage("/metrics", accounts);
  ASSERT_EQ(page.accounts.size(), 1U);
  EXPECT_EQ(page.accounts[0].name, "acme");
  EXPECT_EQ(page.accounts[0].last_error, "no route");
  EXPECT_TRUE(page.accounts[0].jobs_by_status.empty());
}

TEST_F(StatusTest, MedianIsOfCompletedRuns) {
  EXPECT_EQ(MedianOf({}), std::nullopt);
  EXPECT_EQ(MedianOf({ARun(JobStatus::kFailed, 5), ARun(JobStatus::kCompleted, std::nullopt)}),
            std::nullopt);
  EXPECT_EQ(MedianOf({ARun(JobStatus::kCompleted, 9), ARun(JobStatus::kCompleted, 1),
                      ARun(JobStatus::kFailed, 500), ARun(JobStatus::kCompleted, 4)}),
            seconds(4));
  EXPECT_EQ(MedianOf({ARun(JobStatus::kCompleted, 9), ARun(JobStatus::kCompleted, 1)}), seconds(9));
}

TEST_F(StatusTest, ExpectedEndUsesPackageMedian) {
  view_.packages = {Package("sales", {ARun(JobStatus::kCompleted, 40)})};
  UnfinishedJob other = Job(3, JobStatus::kRunning, kThen);
  other.package = "never seen";
  view_.unfinished = std::make_shared<std::vector<UnfinishedJob>>(
      std::vector{Job(1, JobStatus::kStopping, kThen), Job(2, JobStatus::kQueued, {}), other,
                  Job(4, JobStatus::kRunning, {})});
  const StatusPage page = Make();
  ASSERT_EQ(page.running.size(), 3U);
  EXPECT_EQ(page.running[0].since, kThen);
  EXPECT_EQ(page.running[0].expected, kThen + seconds(40));
  EXPECT_EQ(page.running[0].status, "stopping");
  EXPECT_EQ(page.running[1].expected, std::nullopt);
  EXPECT_EQ(page.running[2].since, std::nullopt);  // runs, since when nobody says
  EXPECT_EQ(page.running[2].expected, std::nullopt);
  ASSERT_EQ(page.waiting.size(), 1U);
  EXPECT_EQ(page.waiting[0].id, 2);
  EXPECT_EQ(page.waiting[0].since, kThen - seconds(60));
}

TEST_F(StatusTest, HidesUnfinishedJobsWhileStateUnknown) {
  view_.state_current = false;
  view_.unfinished = std::make_shared<std::vector<UnfinishedJob>>(
      std::vector{Job(1, JobStatus::kRunning, kThen), Job(2, JobStatus::kQueued, {})});
  const StatusPage page = Make();
  EXPECT_TRUE(page.running.empty() && page.waiting.empty());
  EXPECT_TRUE(page.accounts[0].jobs_by_status.empty());
}

TEST_F(StatusTest, SumsJobsOfAllSeries) {
  const auto bounds = std::make_shared<const BucketBounds>();
  SeriesView series{.package = "a",
                    .cluster = "b",
                    .counters = JobCounters(bounds, bounds),
                    .started = {},
                    .oldest_waiting_creation = {}};
  series.jobs[static_cast<size_t>(JobStatus::kFailed)] = 2;
  view_.series = {std::make_shared<const SeriesView>(series),
                  std::make_shared<const SeriesView>(series)};
  const auto jobs = Make().accounts.at(0).jobs_by_status;
  EXPECT_EQ(jobs.size(), kJobStatusCount);
  EXPECT_EQ(jobs.at(static_cast<size_t>(JobStatus::kFailed)),
            (std::pair<std::string, uint64_t>("failed", 4)));
}

TEST_F(StatusTest, ShowsPackagesAndFailures) {
  PackageView package = Package("sales", {ARun(JobStatus::kFailed, 5)});
  package.last_success =
      PackageView::Success{.time = kThen - seconds(9), .runtime_seconds = {}, .records = 3};
  package.consecutive_failures = 2;
  view_.packages = {package};
  view_.failures =
      std::make_shared<std::vector<FailedJob>>(std::vector{FailedJob{.id = 5,
                                                                     .package = "p",
                                                                     .cluster = "c",
                                                                     .finished_at = kThen,
                                                                     .runtime_seconds = 6,
                                                                     .error = "e",
                                                                     .link = "l"}});
  const StatusPage page = Make();
  ASSERT_EQ(page.packages.size(), 1U);
  EXPECT_EQ(page.packages[0].last_outcome, RunOutcome::kStopped);
  EXPECT_EQ(page.packages[0].last_success, kThen - seconds(9));
  EXPECT_EQ(page.packages[0].last_records, 3);
  EXPECT_EQ(page.packages[0].consecutive_failures, 2U);
  EXPECT_EQ(page.packages[0].runs.at(0).outcome, RunOutcome::kFailed);
  EXPECT_EQ(page.packages[0].runs.at(0).runtime, seconds(5));
  ASSERT_EQ(page.failures.size(), 1U);
  EXPECT_EQ(page.failures[0].runtime, seconds(6));
  EXPECT_EQ(page.failures[0].error + page.failures[0].link, "el");
}

}  // namespace
}  // namespace xplenty
