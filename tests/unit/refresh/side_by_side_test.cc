// A refresh whose scan is long and continues with several pages in parallel.

#include <gtest/gtest.h>

#include "refresh_fixture.h"

namespace xplenty::side_by_side_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class ParallelPages : public testing::Test {
 protected:
  void Start(bool memory_only = false) {
    exporter_ = std::make_unique<Exporter>(server_, clock_, memory_only);
    exporter_->Start();
    midnight_ = std::chrono::floor<std::chrono::days>(Now());
  }
  Timestamp Now() { return exporter_->source.ServerTime(); }
  Ledger& ledger() { return exporter_->refresh->ledger(); }

  void Finish(Timestamp time, int64_t pair = 1) {
    const auto id = static_cast<int64_t>(server_.jobs.size()) + 1;
    Job job = MakeJob(id, JobStatus::kCompleted, time, pair);
    job.created_at = job.started_at = job.completed_at = time;
    server_.jobs[id] = job;
  }
  // Adds a finished job every four minutes: more than sixty pages.
  void FinishMany() {
    for (int i = 0; i < 300; ++i) Finish(Now() - hours(23) + minutes(4 * i), i % 3);
  }
  uint64_t Counted() {
    uint64_t count = 0;
    for (const auto& [labels, figures] : exporter_->figures()) count += figures.finished[0];
    return count;
  }
  uint64_t Jobs(JobStatus status) {
    uint64_t jobs = 0;
    for (const auto& series : exporter_->View()->series) {
      jobs += series->jobs[static_cast<size_t>(status)];
    }
    return jobs;
  }
  // Lets one page of the n-th batch of several pages fail; batches count from 1, pages from 0.
  void Fail(int batch, size_t page) {
    ListSource& source = exporter_->source;
    source.before_batch = [this, batch](size_t width) {
      if (width > 1) ++batches_;
      page_ = 0;
      in_batch_ = width > 1 && batches_ == batch;
    };
    source.before_response = [this, &source, page] {
      source.fail_after.reset();
      if (in_batch_ && page_++ == page) source.fail_after = 0;
    };
  }
  void Repair() {
    exporter_->source.before_batch = {};
    exporter_->source.before_response = {};
    exporter_->source.fail_after.reset();
  }

  ListServer server_{.page_size = 5};
  FakeClock clock_;
  Timestamp midnight_;
  std::unique_ptr<Exporter> exporter_;
  int batches_ = 0;
  bool in_batch_ = false;
  size_t page_ = 0;
};

TEST_F(ParallelPages, ReadsEveryJobOnce) {
  Start();
  FinishMany();
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_GE(exporter_->source.widest, 8U);
  EXPECT_EQ(exporter_->figures(), exporter_->truth(server_));
  EXPECT_LE(exporter_->source.requests.size(), 6 + 75 + 16 + 1U);
}

TEST_F(ParallelPages, CommitsABatchAtOnce) {
  Start();
  FinishMany();
  uint64_t batches = 0;
  exporter_->source.before_batch = [&](size_t) {
    EXPECT_EQ(ledger().sequence(), batches);
    ++batches;
  };
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(ledger().sequence(), batches);
}

TEST_F(ParallelPages, KeepsPagesBesideAFailedOne) {
  for (const size_t page : {0U, 3U}) {
    SCOPED_TRACE(page);
    server_.jobs.clear();
    batches_ = 0;
    Start();
    FinishMany();
    Fail(/*batch=*/2, page);
    const auto failure = exporter_->refresh->Run({});
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->error.code, ErrorCode::kParse);
    const uint64_t counted = Counted();
    EXPECT_GT(counted, 17U + 4 * 12);
    EXPECT_LT(counted, 300U);
    Repair();
    exporter_->source.requests.clear();
    const Timestamp watermark = *ledger().header().watermark;
    ASSERT_TRUE(exporter_->Refresh());
    EXPECT_EQ(exporter_->source.requests[6].since, watermark - seconds(60));
    EXPECT_EQ(exporter_->figures(), exporter_->truth(server_));
  }
}

TEST_F(ParallelPages, WatermarkStopsAtTheFailedPage) {
  Start();
  FinishMany();
  Fail(/*batch=*/3, /*page=*/0);
  ASSERT_TRUE(exporter_->refresh->Run({}));
  EXPECT_GT(exporter_->source.requests.back().since, ledger().header().watermark);
  EXPECT_LT(ledger().header().watermark, Now() - hours(20));
}

TEST_F(ParallelPages, AppliesLatestStateWithinABatch) {
  for (const bool last_first : {false, true}) {
    server_.jobs.clear();
    Start();
    exporter_->source.last_first = last_first;
    for (int i = 0; i < 25; ++i) Finish(Now() - hours(23) + seconds(i));
    const int64_t id = 99;
    server_.jobs[id] = MakeJob(id, JobStatus::kRunning, Now() - hours(1));
    exporter_->source.after_response = [&](const Page&) {
      if (exporter_->source.widest < 2) return;
      server_.jobs[id].status = JobStatus::kStopping;
      server_.jobs[id].updated_at = Now();
    };
    ASSERT_TRUE(exporter_->Refresh());
    EXPECT_GT(exporter_->source.widest, 2U);
    EXPECT_EQ(Jobs(JobStatus::kStopping), 1U);
    EXPECT_EQ(Jobs(JobStatus::kRunning), 0U);
  }
}

TEST_F(ParallelPages, ReconcilesOnePageAtATime) {
  Start();
  FinishMany();
  ASSERT_TRUE(exporter_->Refresh());
  clock_.Advance(minutes(16));
  ASSERT_TRUE(exporter_->Refresh());
  exporter_->source.widest = 0;
  exporter_->source.requests.clear();
  exporter_->Reconcile();
  EXPECT_GT(exporter_->source.requests.size(), 60U);
  EXPECT_EQ(exporter_->source.widest, 1U);
}

TEST_F(ParallelPages, StaysWithinTheBudget) {
  Start();
  FinishMany();
  int64_t remaining = 2503;
  std::vector<size_t> widths;
  exporter_->source.before_batch = [&](size_t width) { widths.push_back(width); };
  exporter_->source.before_response = [&] {
    exporter_->stats.OnRateLimit({.limit = 5000, .remaining = remaining});
  };
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(std::ranges::max(widths), 3U);
}

TEST_F(ParallelPages, StartsANewDayWithinABatch) {
  Start(/*memory_only=*/true);  // at 16:00
  FinishMany();
  exporter_->source.before_response = [&] {
    if (exporter_->source.widest > 1 && ++page_ == 5) clock_.Advance(hours(9));
  };
  ASSERT_TRUE(exporter_->Refresh());
  EXPECT_EQ(exporter_->refresh->ledger().header().count_from, midnight_ + hours(24));
  EXPECT_EQ(WithoutEmptySeries(exporter_->figures()), AllFigures());
  EXPECT_EQ(Jobs(JobStatus::kCompleted), 180U);  // the lookback has those of 1:00 to 13:00
}

}  // namespace
}  // namespace xplenty::side_by_side_test
