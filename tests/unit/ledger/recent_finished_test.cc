#include "ledger/recent_finished.h"

#include <array>
#include <map>
#include <memory>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "support/figures.h"

namespace xplenty::recent_finished_test {
namespace {

using std::chrono::seconds;

constexpr seconds kLookback(50);

JobCounters ZeroCounters() {
  return JobCounters(std::make_shared<const BucketBounds>(kRuntimeBounds),
                     std::make_shared<const BucketBounds>(kWaitBounds));
}

FinishedJob Finished(int64_t id, int64_t time, JobStatus status = JobStatus::kCompleted) {
  return {.id = id, .status = status, .finished_at = FromUnix(time)};
}

uint64_t CountOf(Series& series, JobStatus status) {
  return series.View(1)->jobs[static_cast<size_t>(status)];
}

class RecentFinishedTest : public testing::Test {
 protected:
  RecentFinished recent_{kLookback};
  Series series_{{"p", "c"}, ZeroCounters()};
};

TEST_F(RecentFinishedTest, KeepsJobsWithinTheLookback) {
  recent_.Enter(series_, Finished(1, 100));
  EXPECT_TRUE(recent_.SetTime(FromUnix(150)).empty());
  EXPECT_EQ(CountOf(series_, JobStatus::kCompleted), 1U);
  EXPECT_FALSE(recent_.SetTime(FromUnix(151)).empty());
  EXPECT_EQ(CountOf(series_, JobStatus::kCompleted), 0U);
  EXPECT_TRUE(recent_.SetTime(FromUnix(100)).empty());
  EXPECT_FALSE(recent_.contains(1));
}

TEST_F(RecentFinishedTest, LeavesOutJobsBeforeTheLookback) {
  recent_.SetTime(FromUnix(200));
  recent_.Enter(series_, Finished(1, 149));
  EXPECT_FALSE(recent_.contains(1));
}

// Naively: all jobs, looked through each time.
struct Model {
  struct InModel {
    size_t series{};
    Timestamp finished_at;
    JobStatus status{};
  };
  std::map<int64_t, InModel> jobs;
  Timestamp edge{};

  void SetTime(Timestamp now) {
    edge = now - kLookback;
    std::erase_if(jobs, [&](const auto& job) { return job.second.finished_at < edge; });
  }
  void Enter(size_t series, const FinishedJob& job) {
    jobs.erase(job.id);
    if (job.finished_at >= edge) jobs[job.id] = {series, job.finished_at, job.status};
  }
  uint64_t Count(size_t series, JobStatus status) const {
    return static_cast<uint64_t>(std::ranges::count_if(jobs, [&](const auto& job) {
      return job.second.series == series && job.second.status == status;
    }));
  }
};

// Few ids and times, so that jobs move, leave, come back, and finish at once.
RC_GTEST_PROP(RecentFinished, EqualANaiveModel, ()) {
  Series first({"p", "c"}, ZeroCounters());
  Series second({"p", "d"}, ZeroCounters());
  const std::array<Series*, 2> series = {&first, &second};
  RecentFinished recent(kLookback);
  Model model;
  model.SetTime(Timestamp{});
  const auto number = [](int64_t end) { return *rc::gen::inRange<int64_t>(0, end); };
  const auto steps = number(400);
  // Now and then one job alone, which comes and goes often enough for spent finishes to be dropped.
  const int64_t ids = *rc::gen::element<int64_t>(1, 8);
  const int64_t repeats = *rc::gen::element<int64_t>(1, 40);
  for (int64_t step = 0; step < steps; ++step) {
    const int64_t id = number(ids);
    switch (number(4)) {
      case 0: {
        const Timestamp now = FromUnix(number(300));  // forth and back
        recent.SetTime(now);
        model.SetTime(now);
        break;
      }
      case 1:
        RC_ASSERT((recent.Leave(id) != nullptr) == (model.jobs.erase(id) > 0));
        break;
      default:
        for (int64_t repeat = 0; repeat < repeats; ++repeat) {
          const auto at = static_cast<size_t>(number(2));
          const FinishedJob job = Finished(id, number(300), *rc::gen::elementOf(kFinishedStatuses));
          recent.Enter(*series[at], job);
          model.Enter(at, job);
        }
    }
    RC_ASSERT(recent.size() == model.jobs.size());
    RC_ASSERT(recent.contains(id) == model.jobs.contains(id));
    for (size_t at = 0; at < series.size(); ++at) {
      for (const JobStatus status : kFinishedStatuses) {
        RC_ASSERT(CountOf(*series[at], status) == model.Count(at, status));
      }
    }
  }
}

}  // namespace
}  // namespace xplenty::recent_finished_test
