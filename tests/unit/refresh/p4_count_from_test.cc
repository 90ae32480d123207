// Promise P4 without storage: the day so far, the same for whoever reads it whenever.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "story_gen.h"

namespace xplenty {
namespace {

// A job without any time of its finish has moved to another day when it is touched; not these.
const StepKinds kKinds = kLife + StepKinds{StepKind::kTie, StepKind::kProgress};

RC_GTEST_PROP(P4CountFrom, WithoutStorageRestartsAgree, ()) {
  World world = *GenWorld(/*odd=*/false);
  world.memory_only = true;
  Story story(world, DrawBetween(kKinds), "");
  story.Play(DrawSteps(world, kKinds + kRefreshes + kTrouble));
  story.Settle();
  const AllFigures figures = WithoutEmptySeries(FiguresOf(*story.View()));
  RC_ASSERT(figures == story.truth().Counters());
  RC_ASSERT(story.View()->count_from == std::chrono::floor<std::chrono::days>(story.Now()));
  story.Restart();
  RC_ASSERT(story.Refresh());
  if (world.Exact()) RC_ASSERT(WithoutEmptySeries(FiguresOf(*story.View())) == figures);
}

}  // namespace
}  // namespace xplenty
