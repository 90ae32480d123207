// Promise P3: no view shows a lower counter than any previous view. Story compares each view with
// the previous ones, also across restarts.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "story_gen.h"
#include "support/temporary_folder.h"

namespace xplenty::p3_never_lower_test {
namespace {

const StepKinds kAll = kNormalSteps + kCorrections + kRefreshes + kFailures;

RC_GTEST_PROP(P3NeverLower, HoldsWhateverBreaks, ()) {
  const TemporaryFolder folder(FastPlace());
  World world = *GenWorld(/*faulty=*/true);
  world.zero_first = *rc::gen::arbitrary<bool>();
  world.retention = std::chrono::hours(*rc::gen::element(2, 24 * 365));
  Story story(world, DrawBetween(kNormalSteps + kCorrections), folder.path());
  story.Play(DrawSteps(world, kAll));
  story.SyncAll();
}

RC_GTEST_PROP(P3NeverLower, HoldsBeyondTheSeriesCap, ()) {
  const TemporaryFolder folder(FastPlace());
  World world = *GenWorld(/*faulty=*/false);
  world.max_series = *rc::gen::inRange<uint64_t>(0, 8);
  world.zero_first = *rc::gen::arbitrary<bool>();
  Story story(world, DrawBetween(kNormalSteps + kCorrections), folder.path());
  story.Play(DrawSteps(world, kAll));
  story.SyncAll();
}

RC_GTEST_PROP(P3NeverLower, HoldsAcrossRestarts, ()) {
  const TemporaryFolder folder(FastPlace());
  const World world = *GenWorld(/*faulty=*/false);
  // The first refresh cannot find jobs of unknown status, nor the ledger reopened jobs that
  // vanished.
  const StepKinds kinds =
      kNormalSteps + StepKinds{StepKind::kTie, StepKind::kTouch, StepKind::kReopen,
                               StepKind::kWriteOutputs, StepKind::kRename};
  Story story(world, DrawBetween(kinds), folder.path());
  story.Play(DrawSteps(world, kinds + kRefreshes + kFailures));
  story.SyncAll();
  const auto previous = story.View();
  story.Restart();
  RC_ASSERT(story.Refresh());
  RC_ASSERT(Difference(*previous, *story.View()) == "");
}

}  // namespace
}  // namespace xplenty::p3_never_lower_test
