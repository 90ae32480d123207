#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ledger_fixture.h"
#include "support/same_view.h"
#include "support/temporary_folder.h"

namespace xplenty::ledger_takeover_test {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::Pair;

LedgerOptions Labelled(LedgerOptions options, LabelValue package, LabelValue cluster) {
  options.aggregates.labels.package.value = package;
  options.aggregates.labels.cluster.value = cluster;
  return options;
}

LedgerOptions Filtered(LedgerOptions options, const std::set<std::string>& packages) {
  options.aggregates.includes = [packages](std::string_view package) {
    return packages.contains(std::string(package));
  };
  return options;
}

std::unique_ptr<Ledger> TakenOver(Ledger& from, const LedgerOptions& options) {
  auto ledger = Ledger::TakeOver(from, options);
  EXPECT_TRUE(ledger) << ledger.error().message;
  return std::move(*ledger);
}

uint64_t Completed(Ledger& ledger, const std::string& package, const std::string& cluster) {
  const auto view = ledger.View(true);
  const SeriesView* series = FindSeries(*view, package, cluster);
  return series == nullptr ? 0 : series->counters.finished[0];
}

class LedgerTakeover : public testing::Test {
 protected:
  void Commit(Ledger& ledger, const std::vector<Job>& jobs) {
    ASSERT_TRUE(CommitJobs(ledger, jobs));
  }

  const LedgerOptions options_ = TestOptions("");
  std::unique_ptr<Ledger> ledger_ = OpenBorn(options_);
};

TEST_F(LedgerTakeover, GoesOnCountingNewSeries) {
  const auto from = OpenBorn(TestOptions(""));
  ASSERT_TRUE(from->CompleteInitialSync());
  ASSERT_TRUE(CommitJobs(*from, {FinishedRow(1, JobStatus::kFailed, kNow)}));
  EXPECT_EQ(TakenOver(*from, TestOptions(""))->View(true)->created_series, 10U);
}

TEST_F(LedgerTakeover, CopiesAllState) {
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  ASSERT_TRUE(CommitJobs(*ledger_, {FinishedRow(1, JobStatus::kCompleted, kNow)}, kNow, kNow));
  Commit(*ledger_, {MakeJob(2, JobStatus::kRunning, kNow)});
  const auto previous = ledger_->View(true);
  const auto after = TakenOver(*ledger_, options_);
  EXPECT_EQ(Difference(*previous, *after->View(true)), "");
  EXPECT_GT(after->View(true)->version, previous->version);
  EXPECT_EQ(after->header().watermark, kNow);
  EXPECT_EQ(after->sequence(), ledger_->sequence());
  EXPECT_TRUE(after->View(true)->initial_sync_complete);
}

TEST_F(LedgerTakeover, LeavesTheOtherUnchanged) {
  Commit(*ledger_, {FinishedRow(1, JobStatus::kCompleted, kNow)});
  TakenOver(*ledger_, Filtered(options_, {}));  // and given up again
  Commit(*ledger_, {FinishedRow(2, JobStatus::kCompleted, kNow)});
  EXPECT_EQ(Completed(*ledger_, "p1", "c1"), 2U);
}

TEST_F(LedgerTakeover, ExcludedPackageIsKeptButHidden) {
  auto ledger = TakenOver(*ledger_, Filtered(options_, {"p1"}));
  Commit(*ledger,
         {FinishedRow(1, JobStatus::kCompleted, kNow, 1),
          FinishedRow(2, JobStatus::kFailed, kNow, 2), MakeJob(3, JobStatus::kRunning, kNow, 2)});
  const auto view = ledger->View(true);
  EXPECT_EQ(view->series.size(), 1U);
  EXPECT_EQ(view->packages.size(), 1U);
  EXPECT_TRUE(view->failures->empty());
  EXPECT_TRUE(view->unfinished->empty());
  EXPECT_TRUE(ledger->StatusesNotSeenSince(ledger->sequence()).empty())
      << "nobody waits for its jobs";
  ledger = TakenOver(*ledger, options_);
  EXPECT_EQ(FiguresOf(*ledger->View(true)), TruthOf({FinishedRow(1, JobStatus::kCompleted, kNow, 1),
                                                     FinishedRow(2, JobStatus::kFailed, kNow, 2)},
                                                    FromUnix(0)));
}

TEST_F(LedgerTakeover, FilterUsesNamesUnderAnyLabel) {
  Commit(*ledger_, {FinishedRow(1, JobStatus::kCompleted, kNow, 1),
                    FinishedRow(2, JobStatus::kCompleted, kNow, 2)});
  const auto by_id = Labelled(options_, LabelValue::kId, LabelValue::kNone);
  EXPECT_EQ(Completed(*TakenOver(*ledger_, Filtered(by_id, {"p2"})), "2", ""), 1U);
}

TEST_F(LedgerTakeover, WithoutClusterLabelSeriesMerge) {
  Job elsewhere = FinishedRow(2, JobStatus::kCompleted, kNow, 1);
  elsewhere.cluster_id = 9;
  elsewhere.cluster_name = "c9";
  Commit(*ledger_, {FinishedRow(1, JobStatus::kCompleted, kNow, 1), elsewhere});
  EXPECT_EQ(ledger_->View(true)->series.size(), 2U);
  const auto merged = TakenOver(*ledger_, Labelled(options_, LabelValue::kName, LabelValue::kNone));
  EXPECT_EQ(merged->View(true)->series.size(), 1U);
  EXPECT_EQ(Completed(*merged, "p1", ""), 2U);
  EXPECT_TRUE(merged->View(true)->clusters_info.empty());
}

TEST_F(LedgerTakeover, ReplacedClustersAreOneSeries) {
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  std::vector<Job> jobs;
  for (int64_t id = 1; id <= 3; ++id) {
    jobs.push_back(FinishedRow(id, JobStatus::kCompleted, kNow));
    jobs.back().cluster_id = 100 + id;
    jobs.back().cluster_name = "Daily Test #" + std::to_string(100 + id);
  }
  jobs[2].status = JobStatus::kRunning;
  Commit(*ledger_, jobs);
  ASSERT_TRUE(ledger_->ReleaseZeroFirst(ledger_->View(true)->version));
  LedgerOptions options = options_;
  ASSERT_TRUE(options.aggregates.labels.cluster.replace.Add("(.*) #\\d+", "$1"));
  auto ledger = TakenOver(*ledger_, options);
  EXPECT_EQ(ledger->View(true)->series.size(), 1U);
  EXPECT_EQ(Completed(*ledger, "p1", "Daily Test"), 2U);
  EXPECT_EQ(ledger->View(true)->unfinished->front().cluster, "Daily Test");
  EXPECT_TRUE(ledger->View(true)->clusters_info.empty());

  jobs[2] = FinishedRow(3, JobStatus::kCompleted, kNow);
  jobs[2].cluster_id = 103;
  jobs[2].cluster_name = "Daily Test #103";
  Commit(*ledger, jobs);
  EXPECT_EQ(Completed(*ledger, "p1", "Daily Test"), 3U) << "its first series was no longer new";
  ledger = TakenOver(*ledger, options_);
  EXPECT_EQ(ledger->View(true)->series.size(), 3U);
  EXPECT_EQ(Completed(*ledger, "p1", "Daily Test #103"), 1U);
}

TEST_F(LedgerTakeover, IdsHaveTheirLatestName) {
  Job renamed = FinishedRow(2, JobStatus::kCompleted, kNow, 1);
  renamed.package_name = "new name";
  Commit(*ledger_, {FinishedRow(1, JobStatus::kCompleted, kNow, 1), renamed});
  EXPECT_THAT(ledger_->View(true)->packages_info,
              ElementsAre(Pair("new name", "1"), Pair("p1", "1")));
  const auto by_id = TakenOver(*ledger_, Labelled(options_, LabelValue::kId, LabelValue::kId));
  EXPECT_EQ(Completed(*by_id, "1", "1"), 2U);
  EXPECT_THAT(by_id->View(true)->packages_info, ElementsAre(Pair("1", "new name")));
}

TEST_F(LedgerTakeover, OtherBucketsHoldTheSameJobs) {
  Commit(*ledger_, {FinishedRow(1, JobStatus::kCompleted, kNow)});  // of 20 seconds
  LedgerOptions options = options_;
  options.aggregates.runtime_bounds = {1, 20, 21};
  const auto ledger = TakenOver(*ledger_, options);
  const auto view = ledger->View(true);
  EXPECT_THAT(view->series.front()->counters.runtime[0].counts(), ElementsAre(0, 1, 0, 0));
  EXPECT_EQ(view->series.front()->counters.runtime[0].sum(), 20);
}

TEST_F(LedgerTakeover, KeepsAZeroPendingSeriesAtZero) {
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  Commit(*ledger_, {FinishedRow(1, JobStatus::kCompleted, kNow)});
  const auto ledger = TakenOver(*ledger_, options_);
  const auto held = ledger->View(true);
  EXPECT_EQ(held->series.front()->counters.finished[0], 0U);
  ASSERT_TRUE(ledger->ReleaseZeroFirst(held->version));
  EXPECT_EQ(Completed(*ledger, "p1", "c1"), 1U);
}

// Else all that was ever counted would look like news.
TEST_F(LedgerTakeover, HiddenSeriesIsNotZeroPending) {
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  Commit(*ledger_, {FinishedRow(1, JobStatus::kCompleted, kNow)});
  const auto hidden = TakenOver(*ledger_, Filtered(options_, {}));
  EXPECT_EQ(Completed(*TakenOver(*hidden, options_), "p1", "c1"), 1U);
}

TEST_F(LedgerTakeover, MergedSeriesIsNotZeroPending) {
  Commit(*ledger_, {FinishedRow(1, JobStatus::kCompleted, kNow, 2)});
  ASSERT_TRUE(ledger_->CompleteInitialSync());
  Commit(*ledger_, {FinishedRow(2, JobStatus::kCompleted, kNow, 1)});
  const auto merged = TakenOver(*ledger_, Labelled(options_, LabelValue::kNone, LabelValue::kNone));
  EXPECT_EQ(Completed(*merged, "", ""), 1U) << "the job of the pair that was shown before";
  ASSERT_TRUE(merged->ReleaseZeroFirst(merged->View(true)->version));
  EXPECT_EQ(Completed(*merged, "", ""), 2U);
}

// How an account is shown: drawn by RapidCheck.
struct Shown {
  LabelValue package;
  LabelValue cluster;
  unsigned packages;  // a bit each
  bool other_buckets;
  int replaced;  // packages and clusters that a rule makes one, from the first

  LedgerOptions Options(const std::string& folder) const {
    std::set<std::string> names;
    for (unsigned pair = 1; pair <= 4; ++pair) {
      if ((packages >> pair & 1U) != 0) names.insert("p" + std::to_string(pair));
    }
    LedgerOptions options = Filtered(Labelled(TestOptions(folder), package, cluster), names);
    options.aggregates.zero_first = false;
    if (other_buckets) options.aggregates.runtime_bounds = {15, 25};
    const std::string some = "[1-" + std::to_string(replaced) + "]";
    if (replaced > 0) {
      RC_ASSERT(options.aggregates.labels.package.replace.Add("p?" + some, "p1").has_value());
      RC_ASSERT(options.aggregates.labels.cluster.replace.Add("(c?)" + some, "$1").has_value());
    }
    return options;
  }
};

Shown AnyShown() {
  const auto value = rc::gen::element(LabelValue::kName, LabelValue::kId, LabelValue::kNone);
  return {.package = *value,
          .cluster = *value,
          .packages = *rc::gen::arbitrary<unsigned>(),
          .other_buckets = *rc::gen::arbitrary<bool>(),
          .replaced = *rc::gen::inRange(0, 4)};
}

std::vector<Job> AnyJobs() {
  std::vector<Job> jobs;
  const auto count = *rc::gen::inRange(0, 8);
  for (int i = 0; i < count; ++i) {
    const int64_t id = *rc::gen::inRange(1, 12);
    const auto pair = id % 4 + 1;
    const Timestamp at = kNow - seconds(*rc::gen::inRange(0, 100));
    const auto status = *rc::gen::element(JobStatus::kCompleted, JobStatus::kFailed,
                                          JobStatus::kStopped, JobStatus::kRunning);
    jobs.push_back(IsFinished(status) ? FinishedRow(id, status, at, pair, *rc::gen::inRange(0, 9))
                                      : MakeJob(id, status, at, pair));
  }
  return jobs;
}

// The figures are now the sum of the rows, regardless of earlier ones.
RC_GTEST_PROP(LedgerTakeoverProperty, EqualsALedgerWithTheseOptions, ()) {
  const TemporaryFolder folder;
  const Shown last = AnyShown();
  std::vector<std::vector<Job>> pages;
  auto ledger = OpenBorn(AnyShown().Options(folder.path()));
  const auto changes = *rc::gen::inRange(1, 5);
  for (int i = 0; i < changes; ++i) {
    pages.push_back(AnyJobs());
    RC_ASSERT(CommitJobs(*ledger, pages.back()).has_value());
    const Shown next = i + 1 == changes ? last : AnyShown();
    auto taken = Ledger::TakeOver(*ledger, next.Options(folder.path()));
    RC_ASSERT(taken.has_value());
    ledger = std::move(*taken);
  }
  pages.push_back(AnyJobs());
  RC_ASSERT(CommitJobs(*ledger, pages.back()).has_value());

  const TemporaryFolder other;
  const auto straight = OpenBorn(last.Options(other.path()));
  for (const auto& page : pages) RC_ASSERT(CommitJobs(*straight, page).has_value());
  const auto figures = [](Ledger& of) { return WithoutEmptySeries(FiguresOf(*of.View(true))); };
  RC_ASSERT(figures(*ledger) == figures(*straight));
  ledger.reset();
  const auto reopened = OpenBorn(last.Options(folder.path()));
  RC_ASSERT(figures(*reopened) == figures(*straight));
}

}  // namespace
}  // namespace xplenty::ledger_takeover_test
