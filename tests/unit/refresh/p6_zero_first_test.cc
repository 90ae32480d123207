// Promise P6 in the ledger: a series that is new after the first refresh is 0 until a scrape has
// shown it.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "story_gen.h"
#include "support/temporary_folder.h"

namespace xplenty::p6_zero_first_test {
namespace {

RC_GTEST_PROP(P6ZeroFirst, NewSeriesIsZeroUntilScraped, ()) {
  const TemporaryFolder folder(FastPlace());
  World world = *GenWorld(/*faulty=*/true);
  world.zero_first = true;
  Story story(world, DrawBetween(kNormalSteps + kCorrections), folder.path());
  // The number of scrapes before the series was new.
  std::map<AllFigures::key_type, int> first_seen;
  story.on_view = [&](const AccountView* previous, const AccountView& now) {
    AllFigures known;
    if (previous != nullptr) known = FiguresOf(*previous);
    for (const auto& [labels, figures] : FiguresOf(now)) {
      if (previous != nullptr && previous->initial_sync_complete && !known.contains(labels)) {
        first_seen.emplace(labels, story.scrapes());
      }
      const auto found = first_seen.find(labels);
      const bool unscraped = found != first_seen.end() && found->second == story.scrapes();
      if (unscraped) RC_ASSERT(figures == Figures{});
    }
  };
  story.Play(DrawSteps(world, kNormalSteps + kCorrections + kRefreshes + kFailures));
  story.SyncAll();
  RC_ASSERT(WithoutEmptySeries(FiguresOf(*story.View())) == story.truth().Counters());
}

}  // namespace
}  // namespace xplenty::p6_zero_first_test
