#include "ledger/package_history.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace xplenty::package_history_test {
namespace {

FinishedJob Finish(int64_t id, JobStatus status, int64_t time) {
  return {.id = id,
          .status = status,
          .finished_at = FromUnix(time),
          .runtime_seconds = id * 10,
          .outputs = {{.output = 1, .records = id}}};
}

// The same by definition: sort, then go through it once.
PackageView Fold(std::vector<FinishedJob> jobs) {
  std::ranges::sort(jobs, {},
                    [](const FinishedJob& job) { return std::pair(job.finished_at, job.id); });
  PackageView view;
  std::vector<FinishedRun> runs;
  for (const FinishedJob& job : jobs) {
    runs.push_back({.finished_at = job.finished_at,
                    .id = job.id,
                    .status = job.status,
                    .runtime_seconds = job.runtime_seconds,
                    .records = TotalRecords(job)});
    if (runs.size() > kMaxRecentRuns) runs.erase(runs.begin());
    view.last_finish = job.finished_at;
    view.last_status = job.status;
    if (job.status == JobStatus::kCompleted) {
      view.last_success = runs.back();
      view.consecutive_failures = 0;
    } else if (job.status == JobStatus::kFailed) {
      view.last_failure = job.finished_at;
      ++view.consecutive_failures;
    }
  }
  view.recent = std::make_shared<const std::vector<FinishedRun>>(std::move(runs));
  return view;
}

void ExpectSame(const PackageView& actual, const PackageView& expected) {
  EXPECT_EQ(actual.last_finish, expected.last_finish);
  EXPECT_EQ(actual.last_status, expected.last_status);
  EXPECT_EQ(actual.last_failure, expected.last_failure);
  EXPECT_EQ(actual.consecutive_failures, expected.consecutive_failures);
  EXPECT_EQ(*actual.recent, *expected.recent);
  EXPECT_EQ(actual.last_success, expected.last_success);
}

void ExpectFoldInEveryOrder(const std::vector<FinishedJob>& jobs) {
  std::vector<size_t> order(jobs.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  const PackageView expected = Fold(jobs);
  do {
    PackageHistory history;
    for (const size_t i : order) history.Add(jobs[i]);
    ExpectSame(history.View("p"), expected);
    if (testing::Test::HasFailure()) return;
  } while (std::ranges::next_permutation(order).found);
}

TEST(PackageHistory, FollowsFinishTimesInAnyOrder) {
  ExpectFoldInEveryOrder({Finish(1, JobStatus::kFailed, 100), Finish(2, JobStatus::kCompleted, 200),
                          Finish(3, JobStatus::kFailed, 300), Finish(4, JobStatus::kStopped, 400),
                          Finish(5, JobStatus::kFailed, 500), Finish(6, JobStatus::kFailed, 600)});
  ExpectFoldInEveryOrder({Finish(1, JobStatus::kFailed, 100), Finish(2, JobStatus::kFailed, 200),
                          Finish(3, JobStatus::kCompleted, 300), Finish(4, JobStatus::kStopped, 50),
                          Finish(5, JobStatus::kCompleted, 250)});
}

TEST(PackageHistory, BreaksTiesById) {
  ExpectFoldInEveryOrder({Finish(1, JobStatus::kFailed, 100), Finish(2, JobStatus::kCompleted, 100),
                          Finish(3, JobStatus::kFailed, 100), Finish(4, JobStatus::kFailed, 100),
                          Finish(5, JobStatus::kStopped, 100)});
}

TEST(PackageHistory, AppliesCorrectionsOfTheLatestSuccess) {
  PackageHistory history;
  FinishedJob job = Finish(1, JobStatus::kCompleted, 100);
  history.Add(job);
  history.Remove(job);
  job.outputs[0].records = 50;
  history.Add(job);
  EXPECT_EQ(history.View("p").last_success->records, 50);
}

TEST(PackageHistory, CountsACorrectedFailureOnce) {
  PackageHistory history;
  FinishedJob job = Finish(1, JobStatus::kFailed, 100);
  history.Add(job);
  history.Remove(job);
  job.finished_at = FromUnix(110);
  history.Add(job);
  EXPECT_EQ(history.View("p").consecutive_failures, 1U);
  EXPECT_EQ(history.View("p").last_failure, FromUnix(110));
}

TEST(PackageHistory, NeedsRecomputeIfLatestMovesBack) {
  const FinishedJob failed = Finish(1, JobStatus::kFailed, 100);
  const FinishedJob completed = Finish(2, JobStatus::kCompleted, 200);
  PackageHistory history;
  history.Add(failed);
  history.Add(completed);
  EXPECT_TRUE(history.NeedsRecompute(completed, Finish(2, JobStatus::kFailed, 200)));
  EXPECT_TRUE(history.NeedsRecompute(completed, Finish(2, JobStatus::kCompleted, 150)));
  EXPECT_FALSE(history.NeedsRecompute(completed, Finish(2, JobStatus::kCompleted, 250)));
  EXPECT_TRUE(history.NeedsRecompute(failed, Finish(1, JobStatus::kCompleted, 300)));
  EXPECT_FALSE(history.NeedsRecompute(failed, Finish(1, JobStatus::kFailed, 100)));
}

TEST(PackageHistory, KeepsTheLastRunsInAnyOrder) {
  std::vector<FinishedJob> jobs;
  for (int64_t id = 1; id <= 50; ++id) jobs.push_back(Finish(id, JobStatus::kStopped, id / 3));
  const PackageView expected = Fold(jobs);
  PackageHistory backwards;
  for (size_t i = jobs.size(); i-- > 0;) backwards.Add(jobs[i]);
  ExpectSame(backwards.View("p"), expected);
  PackageHistory mixed;
  for (size_t i = 0; i < jobs.size(); ++i) mixed.Add(jobs[i * 7 % jobs.size()]);
  ExpectSame(mixed.View("p"), expected);
}

// The failures since an early success are counted, but not kept.
TEST(PackageHistory, NeedsRecomputeForAnEarlySuccess) {
  PackageHistory history;
  const auto runs = static_cast<int64_t>(kMaxRecentRuns);
  for (int64_t id = 1; id <= runs + 5; ++id) history.Add(Finish(id, JobStatus::kFailed, 100 * id));
  EXPECT_EQ(history.View("p").consecutive_failures, kMaxRecentRuns + 5);
  EXPECT_FALSE(history.NeedsRecompute(Finish(99, JobStatus::kFailed, 150)));
  EXPECT_FALSE(history.NeedsRecompute(Finish(99, JobStatus::kStopped, 150)));
  EXPECT_TRUE(history.NeedsRecompute(Finish(99, JobStatus::kCompleted, 150)));
  EXPECT_TRUE(history.NeedsRecompute(Finish(1, JobStatus::kFailed, 100),
                                     Finish(1, JobStatus::kCompleted, 150)));
  const FinishedJob in_window = Finish(99, JobStatus::kCompleted, 650);
  EXPECT_FALSE(history.NeedsRecompute(in_window));
  history.Add(in_window);
  EXPECT_EQ(history.View("p").consecutive_failures, kMaxRecentRuns - 1);
  EXPECT_FALSE(history.NeedsRecompute(Finish(100, JobStatus::kCompleted, 150)));
  EXPECT_TRUE(history.exact());
}

TEST(PackageHistory, NeedsRecomputeIfRunMovesOut) {
  PackageHistory history;
  const auto add = [&](int64_t id) { history.Add(Finish(id, JobStatus::kStopped, 100 * id)); };
  const auto needs_recompute = [&](int64_t id, int64_t time) {
    return history.NeedsRecompute(Finish(id, JobStatus::kStopped, 100 * id),
                                  Finish(id, JobStatus::kStopped, time));
  };
  for (int64_t id = 1; id < 20; ++id) add(id);
  EXPECT_FALSE(needs_recompute(5, 1));  // all are kept
  add(20);
  add(21);
  EXPECT_TRUE(needs_recompute(5, 1));
  EXPECT_FALSE(needs_recompute(5, 501));
  EXPECT_FALSE(needs_recompute(1, 1));  // itself kept no more
}

TEST(PackageHistory, DoesNotChangeRunsOfAView) {
  PackageHistory history;
  history.Add(Finish(1, JobStatus::kCompleted, 100));
  const PackageView previous = history.View("p");
  const auto same = history.View("p").recent;
  EXPECT_EQ(previous.recent, same);
  history.Add(Finish(2, JobStatus::kFailed, 200));
  history.Remove(Finish(1, JobStatus::kCompleted, 100));
  EXPECT_EQ(previous.recent->size(), 1U);
  EXPECT_EQ(previous.recent->front().id, 1);
  EXPECT_EQ(history.View("p").recent->front().id, 2);
}

}  // namespace
}  // namespace xplenty::package_history_test
