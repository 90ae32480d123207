// Promise P1, and P4 with storage: each finished job counts once, however the pages shift.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "story_gen.h"
#include "support/temporary_folder.h"

namespace xplenty::p1_exactly_once_test {
namespace {

// All rows that the store shows now must have been read, and the view must show what was read.
void ExpectTheTruth(Story& story) {
  const auto view = story.View();
  Truth whole = story.truth();
  for (const Job& row : story.store().server.All()) {
    if (IsFinished(row.status) && whole.Counts(row)) whole.See(row);
  }
  const AllFigures counters = WithoutEmptySeries(FiguresOf(*view));
  RC_ASSERT(counters == story.truth().Counters());
  RC_ASSERT(counters == whole.Counters());
}

void ExpectTheTrueGauges(Story& story) {
  const auto view = story.View();
  Truth::JobsGauges jobs;
  for (const auto& series : view->series) {
    Truth::StatusCounts counts = series->jobs;
    counts[static_cast<size_t>(JobStatus::kUnknown)] = 0;  // see Truth::Jobs()
    if (counts != Truth::StatusCounts{}) jobs[{series->package, series->cluster}] = counts;
  }
  const Timestamp since = story.Now() - story.exporter().options.lookback;
  RC_ASSERT(jobs == story.truth().Jobs(story.store().server.All(), since));
  AccountView packages;
  packages.packages = PackageList(story.truth().Packages());
  AccountView shown;
  shown.packages = view->packages;
  RC_ASSERT(Difference(shown, packages) == "");
  RC_ASSERT(view->anomalies[static_cast<size_t>(AnomalyReason::kReopened)] ==
            story.truth().Reopened());
  RC_ASSERT(view->anomalies[static_cast<size_t>(AnomalyReason::kRecordsDecreased)] ==
            story.truth().Decreased());
}

void PlayAndCompare(const World& world, const std::string& folder) {
  const auto between = DrawBetween(kNormalSteps + kCorrections);
  Story story(world, between, folder);
  story.Play(DrawSteps(world, kNormalSteps + kCorrections + kRefreshes + kFailures));
  if (world.Exact()) {
    story.StandStill();
    ExpectTheTruth(story);
  }
  story.SyncAll();
  ExpectTheTruth(story);
  if (world.sends_date) ExpectTheTrueGauges(story);
}

RC_GTEST_PROP(P1ExactlyOnce, HoldsOnAWellBehavedServer, ()) {
  const TemporaryFolder folder(FastPlace());
  PlayAndCompare(*GenWorld(/*faulty=*/false), folder.path());
}

RC_GTEST_PROP(P1ExactlyOnce, HoldsWhenParametersAreIgnored, ()) {
  const TemporaryFolder folder(FastPlace());
  PlayAndCompare(*GenWorld(/*faulty=*/true), folder.path());
}

}  // namespace
}  // namespace xplenty::p1_exactly_once_test
