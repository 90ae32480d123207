#include "app/series_room.h"

#include <gtest/gtest.h>

namespace xplenty::series_room_test {
namespace {

LedgerOptions Options(uint64_t max_series) {
  LedgerOptions options;
  options.account_label = "Acme";
  options.aggregates.max_series = max_series;
  options.aggregates.samples_per_series = 77;
  options.aggregates.samples_per_package = 10;
  return options;
}

TEST(SeriesRoom, CountsPackagesAndLatestClusters) {
  EXPECT_EQ(
      SeriesRoomText(Options(50'000)),
      "Account `Acme`: up to 77 series for each package and cluster, and 10 for each package. "
      "A cap of 50000 (--metrics.max-series) has room for 574 packages on one cluster each, "
      "or for 10 packages and the latest 638 clusters.");
}

TEST(SeriesRoom, NamesPackagesAloneIfFew) {
  EXPECT_EQ(
      SeriesRoomText(Options(200)),
      "Account `Acme`: up to 77 series for each package and cluster, and 10 for each package. "
      "A cap of 200 (--metrics.max-series) has room for 2 packages on one cluster each.");
}

TEST(SeriesRoom, NamesNoClustersWithoutTheirLabel) {
  LedgerOptions options = Options(50'000);
  options.aggregates.labels.cluster.value = LabelValue::kNone;
  EXPECT_EQ(SeriesRoomText(options).find("latest"), std::string::npos);
}

}  // namespace
}  // namespace xplenty::series_room_test
