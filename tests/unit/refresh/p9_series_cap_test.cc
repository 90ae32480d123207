#include <algorithm>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "story_gen.h"
#include "support/temporary_folder.h"

namespace xplenty::p9_series_cap_test {
namespace {

// The truth does not know that a row which is dated ahead makes a correction look old after its
// date, so no row is dated ahead.
StepKinds WithoutDatesAhead(StepKinds kinds) {
  std::erase(kinds, StepKind::kDateAhead);
  return kinds;
}

const StepKinds kChanges = kNormalSteps + WithoutDatesAhead(kCorrections);
const StepKinds kAll =
    kChanges + kRefreshes + kRefreshes + kFailures + StepKinds{StepKind::kReload};

Figures SumOf(const AllFigures& all) {
  Figures sum;
  for (const auto& [labels, figures] : all) {
    sum.records += figures.records;
    for (size_t i = 0; i < 3; ++i) sum.finished[i] += figures.finished[i];
  }
  return sum;
}

// The jobs that finished, by package and status.
using FinishedByPackage = std::map<std::string, std::array<uint64_t, 3>>;

FinishedByPackage SumsOf(const AllFigures& figures) {
  FinishedByPackage sums;
  for (const auto& [labels, series] : figures) {
    for (size_t status = 0; status < series.finished.size(); ++status) {
      sums[labels.first][status] += series.finished[status];
    }
  }
  std::erase_if(sums, [](const auto& sum) { return sum.second == std::array<uint64_t, 3>{}; });
  return sums;
}

std::map<std::string, PackageView> ByName(const auto& packages) {
  std::map<std::string, PackageView> by_name;
  for (const PackageView& package : packages) by_name.emplace(package.package, package);
  return by_name;
}

uint64_t AnomaliesOfFolds(const AccountView& view) {
  return view.anomalies[static_cast<size_t>(AnomalyReason::kPackageFolded)];
}

// Each package that is shown is as all its jobs say, with and without series of its clusters.
// `all`: none is retired.
void CheckPackages(const AccountView& view, const Truth& truth, bool all) {
  const auto right = ByName(truth.Packages());
  for (const auto& [name, package] : ByName(view.packages)) {
    const auto expected = right.find(name);
    RC_ASSERT(expected != right.end());
    RC_ASSERT(package.last_status == expected->second.last_status);
    RC_ASSERT(package.last_finish == expected->second.last_finish);
    RC_ASSERT(package.last_success == expected->second.last_success);
    RC_ASSERT(package.last_failure == expected->second.last_failure);
    RC_ASSERT(package.consecutive_failures == expected->second.consecutive_failures);
    RC_ASSERT(*package.recent == *expected->second.recent);
  }
  if (all && AnomaliesOfFolds(view) == 0) RC_ASSERT(view.packages.size() == right.size());
}

RC_GTEST_PROP(P9SeriesCap, HidesNothingOfPackages, ()) {
  const TemporaryFolder folder(FastPlace());
  World world = *GenWorld(/*faulty=*/false);
  world.memory_only = false;
  world.max_series = *rc::gen::inRange<uint64_t>(0, 30);
  world.zero_first = *rc::gen::arbitrary<bool>();
  world.retention = std::chrono::hours(*rc::gen::element(1, 30, 24 * 7, 24 * 365));
  Story story(world, DrawBetween(kChanges), folder.path());
  // Beside the cap there is the series of folded packages.
  story.on_view = [&](const AccountView*, const AccountView& view) {
    uint64_t samples = view.packages.size();
    for (const auto& series : view.series) {
      if (series->package != "other") ++samples;
    }
    RC_ASSERT(samples <= world.max_series);
    RC_ASSERT(view.tracked_series <= world.max_series);
  };
  story.Play(DrawSteps(world, kAll));
  story.SyncAll();
  CheckPackages(*story.View(), story.truth(), world.retention >= std::chrono::hours(24 * 7));

  // What is retired returns with its values where there is room, and folded jobs are all there.
  story.on_view = nullptr;
  const uint64_t folded = story.View()->overflow_jobs;
  story.RestartWithoutLimits();
  story.SyncAll();
  const AllFigures all = FiguresOf(*story.View());
  RC_ASSERT(SumOf(all) == SumOf(story.truth().Counters()));
  RC_ASSERT(story.View()->overflow_jobs == folded);
  if (AnomaliesOfFolds(*story.View()) == 0) {
    RC_ASSERT(SumsOf(all) == SumsOf(story.truth().Counters()));
  }
  CheckPackages(*story.View(), story.truth(), /*all=*/true);
}

}  // namespace
}  // namespace xplenty::p9_series_cap_test
