// Promise P2: the records of finished jobs are the sum of the highest count read for each output.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "story_gen.h"
#include "support/temporary_folder.h"

namespace xplenty::p2_records_test {
namespace {

const StepKinds kWrites = {StepKind::kProgress, StepKind::kWriteOutputs, StepKind::kWriteOutputs,
                           StepKind::kWriteOutputs, StepKind::kReopen};

std::map<std::pair<std::string, std::string>, uint64_t> RecordsOf(const AllFigures& all) {
  std::map<std::pair<std::string, std::string>, uint64_t> records;
  for (const auto& [labels, figures] : all) {
    if (figures.records > 0) records[labels] = figures.records;
  }
  return records;
}

RC_GTEST_PROP(P2Records, SumTheHighestCountsSeen, ()) {
  const TemporaryFolder folder(FastPlace());
  const World world = *GenWorld(/*faulty=*/false);
  Story story(world, DrawBetween(kNormalSteps + kWrites), folder.path());
  story.Play(DrawSteps(world, kNormalSteps + kWrites + kRefreshes + kFailures));
  story.SyncAll();
  const auto view = story.View();
  RC_ASSERT(RecordsOf(FiguresOf(*view)) == RecordsOf(story.truth().Counters()));
  RC_ASSERT(view->anomalies[static_cast<size_t>(AnomalyReason::kRecordsDecreased)] ==
            story.truth().Decreased());
}

}  // namespace
}  // namespace xplenty::p2_records_test
