#include "refresh/series_report.h"

#include <gtest/gtest.h>

namespace xplenty::series_report_test {
namespace {

using std::chrono::hours;

constexpr SteadyTime kStart{};
constexpr SeriesCounts kPerRun{.created = 100, .returned = 3};

TEST(SeriesReport, IsDueOnceADay) {
  SeriesReport report(kStart);
  EXPECT_FALSE(report.IsDue(kStart, kPerRun));
  EXPECT_FALSE(report.IsDue(kStart + hours(23), kPerRun));
  EXPECT_TRUE(report.IsDue(kStart + hours(24), kPerRun));
  EXPECT_FALSE(report.IsDue(kStart + hours(47), kPerRun));
  EXPECT_TRUE(report.IsDue(kStart + hours(48), kPerRun));
}

TEST(SeriesReport, NeedsManyThatAreMostlyNew) {
  for (const auto& [counts, due] : {std::pair(SeriesCounts{.created = 20, .returned = 19}, true),
                                    std::pair(SeriesCounts{.created = 19, .returned = 0}, false),
                                    std::pair(SeriesCounts{.created = 50, .returned = 50}, false),
                                    std::pair(SeriesCounts{}, false)}) {
    SeriesReport report(kStart);
    EXPECT_EQ(report.IsDue(kStart + hours(24), counts), due) << counts.created;
  }
}

}  // namespace
}  // namespace xplenty::series_report_test
