#include "status_page/runtime_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xplenty {
namespace {

using testing::HasSubstr;
using testing::Not;

FinishedRun ARun(JobStatus status, int64_t runtime) {
  return {.finished_at = *ParseIso8601("2026-03-01T09:30:00Z"),
          .id = 1,
          .status = status,
          .runtime_seconds = runtime,
          .records = 1234};
}

TEST(RuntimePlot, BarHeightFollowsRuntime) {
  const std::string svg =
      RuntimePlot({ARun(JobStatus::kCompleted, 100), ARun(JobStatus::kCompleted, 50)}, 100)
          .markup();
  EXPECT_THAT(svg, HasSubstr("viewBox=\"0 0 16 36\""));
  EXPECT_THAT(svg, HasSubstr("class=\"completed\" x=\"0\" y=\"0\" width=\"6\" height=\"32\""));
  EXPECT_THAT(svg, HasSubstr("class=\"completed\" x=\"8\" y=\"16\" width=\"6\" height=\"16\""));
  EXPECT_THAT(svg, HasSubstr("class=\"median\" x1=\"0\" x2=\"16\" y1=\"0\" y2=\"0\""));
}

TEST(RuntimePlot, MarksFailuresByMoreThanColour) {
  const auto plot = [](JobStatus status) { return RuntimePlot({ARun(status, 1)}, {}).markup(); };
  EXPECT_THAT(plot(JobStatus::kFailed), HasSubstr("class=\"mark\""));
  EXPECT_THAT(plot(JobStatus::kCompleted), Not(HasSubstr("class=\"mark\"")));
  EXPECT_THAT(plot(JobStatus::kStopped), Not(HasSubstr("class=\"mark\"")));
}

TEST(RuntimePlot, HasATextDescription) {
  const std::string svg =
      RuntimePlot({ARun(JobStatus::kCompleted, 90), ARun(JobStatus::kFailed, 3)}, 90).markup();
  EXPECT_THAT(svg,
              HasSubstr("aria-label=\"Last 2 runs: 1 completed, median runtime 1m 30s; latest run: "
                        "failed after 3s, 1,234 records, 2026-03-01T09:30:00Z\""));
  EXPECT_THAT(svg, HasSubstr("<title>completed after 1m 30s, 1,234 records"));
}

TEST(RuntimePlot, HasBarsWithoutRuntime) {
  FinishedRun never_started = ARun(JobStatus::kStopped, 0);
  never_started.runtime_seconds.reset();
  EXPECT_THAT(RuntimePlot({never_started}, {}).markup(), HasSubstr("height=\"1\""));
  EXPECT_THAT(RuntimePlot({}, {}).markup(), HasSubstr("Last 0 runs: 0 completed"));
}

}  // namespace
}  // namespace xplenty
