// Promise P4 without storage: the jobs of the day so far, the same for every process at every time.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "story_gen.h"

namespace xplenty::p4_count_from_test {
namespace {

// A job without a time of its finish would move to another day when it is touched, so it is left
// out.
const StepKinds kKinds = kNormalSteps + StepKinds{StepKind::kTie, StepKind::kProgress};

RC_GTEST_PROP(P4CountFrom, WithoutStorageRestartsAgree, ()) {
  World world = *GenWorld(/*faulty=*/false);
  world.memory_only = true;
  Story story(world, DrawBetween(kKinds), "");
  story.Play(DrawSteps(world, kKinds + kRefreshes + kFailures));
  story.SyncAll();
  const AllFigures figures = WithoutEmptySeries(FiguresOf(*story.View()));
  RC_ASSERT(figures == story.truth().Counters());
  RC_ASSERT(story.View()->count_from == std::chrono::floor<std::chrono::days>(story.Now()));
  story.Restart();
  RC_ASSERT(story.Refresh());
  if (world.Exact()) RC_ASSERT(WithoutEmptySeries(FiguresOf(*story.View())) == figures);
}

}  // namespace
}  // namespace xplenty::p4_count_from_test
