#include "status_page/runtime_plot.h"

#include <algorithm>
#include <string>

#include "status_page/job_figures.h"
#include "status_page/status_cells.h"

namespace xplenty {
namespace {

using std::chrono::seconds;

// Lengths are in pixels.
constexpr int64_t kBarWidth = 6;
constexpr int64_t kGap = 2;
constexpr int64_t kHeight = 32;  // The height of the longest run.
constexpr int64_t kFoot = 4;     // The room for the marks of failed runs, below the bars.

std::string N(int64_t number) {
  return std::to_string(number);
}

Html Rect(std::string_view kind, int64_t x, int64_t y, int64_t height, const Html& content) {
  return Html::Element(
      "rect",
      {{"class", kind}, {"x", N(x)}, {"y", N(y)}, {"width", N(kBarWidth)}, {"height", N(height)}},
      content);
}

std::string InWords(const FinishedRun& run) {
  std::string text(ToString(run.status));
  if (run.runtime_seconds) text += " after " + RoughDuration(seconds(*run.runtime_seconds));
  text += ", " + GroupedNumber(run.records) + " records, " + FormatIso8601(run.finished_at);
  return text;
}

std::string InWords(const std::vector<FinishedRun>& runs, std::optional<int64_t> median) {
  std::string text =
      "Last " + N(std::ssize(runs)) + " runs: " + N(CompletedRuns(runs)) + " completed";
  if (median) text += ", median runtime " + RoughDuration(seconds(*median));
  if (!runs.empty()) text += "; latest run: " + InWords(runs.back());
  return text;
}

}  // namespace

Html RuntimePlot(const std::vector<FinishedRun>& runs, std::optional<int64_t> median) {
  int64_t longest = median.value_or(0);
  for (const FinishedRun& run : runs) longest = std::max(longest, run.runtime_seconds.value_or(0));
  const auto height_of = [&](int64_t runtime) -> int64_t {
    if (longest == 0) return 1;
    const double share = static_cast<double>(runtime) / static_cast<double>(longest);
    return std::max<int64_t>(1, static_cast<int64_t>(share * kHeight + 0.5));
  };
  const int64_t width = std::max<int64_t>(1, std::ssize(runs)) * (kBarWidth + kGap);
  Html drawing;
  int64_t x = 0;
  for (const FinishedRun& run : runs) {
    const int64_t height = height_of(run.runtime_seconds.value_or(0));
    drawing += Rect(ToString(run.status), x, kHeight - height, height,
                    Html::Element("title", Html::Text(InWords(run))));
    if (run.status == JobStatus::kFailed) drawing += Rect("mark", x, kHeight + 1, kFoot - 1, {});
    x += kBarWidth + kGap;
  }
  if (median) {
    const std::string y = N(kHeight - height_of(*median));
    drawing += Html::Element(
        "line", {{"class", "median"}, {"x1", "0"}, {"x2", N(width)}, {"y1", y}, {"y2", y}}, {});
  }
  return Html::Element("svg",
                       {{"class", "plot"},
                        {"role", "img"},
                        {"aria-label", InWords(runs, median)},
                        {"width", N(width)},
                        {"height", N(kHeight + kFoot)},
                        {"viewBox", "0 0 " + N(width) + " " + N(kHeight + kFoot)}},
                       drawing);
}

}  // namespace xplenty
