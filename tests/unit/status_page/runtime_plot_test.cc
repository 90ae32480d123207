#include "status_page/runtime_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xplenty {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

FinishedRunRow ARun(RunOutcome outcome, int64_t runtime) {
  return {.finished_at = *ParseIso8601("2026-03-01T09:30:00Z"),
          .outcome = outcome,
          .runtime = seconds(runtime),
          .records = 1234};
}

TEST(RuntimePlot, BarHeightFollowsRuntime) {
  const std::string svg =
      RuntimePlot({ARun(RunOutcome::kCompleted, 100), ARun(RunOutcome::kCompleted, 50)},
                  seconds(100))
          .markup();
  EXPECT_THAT(svg, HasSubstr("viewBox=\"0 0 16 36\""));
  EXPECT_THAT(svg, HasSubstr("class=\"completed\" x=\"0\" y=\"0\" width=\"6\" height=\"32\""));
  EXPECT_THAT(svg, HasSubstr("class=\"completed\" x=\"8\" y=\"16\" width=\"6\" height=\"16\""));
  EXPECT_THAT(svg, HasSubstr("class=\"median\" x1=\"0\" x2=\"16\" y1=\"0\" y2=\"0\""));
}

TEST(RuntimePlot, MarksFailuresByMoreThanColour) {
  const auto plot = [](RunOutcome outcome) { return RuntimePlot({ARun(outcome, 1)}, {}).markup(); };
  EXPECT_THAT(plot(RunOutcome::kFailed), HasSubstr("class=\"mark\""));
  EXPECT_THAT(plot(RunOutcome::kCompleted), Not(HasSubstr("class=\"mark\"")));
  EXPECT_THAT(plot(RunOutcome::kStopped), Not(HasSubstr("class=\"mark\"")));
}

TEST(RuntimePlot, HasATextDescription) {
  const std::string svg =
      RuntimePlot({ARun(RunOutcome::kCompleted, 90), ARun(RunOutcome::kFailed, 3)}, seconds(90))
          .markup();
  EXPECT_THAT(svg,
              HasSubstr("aria-label=\"Last 2 runs: 1 completed, median runtime 1m 30s; the last "
                        "failed after 3s, 1,234 records, 2026-03-01T09:30:00Z\""));
  EXPECT_THAT(svg, HasSubstr("<title>completed after 1m 30s, 1,234 records"));
}

TEST(RuntimePlot, HasBarsWithoutRuntime) {
  FinishedRunRow never_started = ARun(RunOutcome::kStopped, 0);
  never_started.runtime.reset();
  EXPECT_THAT(RuntimePlot({never_started}, {}).markup(), HasSubstr("height=\"1\""));
  EXPECT_THAT(RuntimePlot({}, {}).markup(), HasSubstr("Last 0 runs: 0 completed"));
}

}  // namespace
}  // namespace xplenty
