#include "app/capacity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xplenty::capacity_test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(CapacityText, SaysWhatFits) {
  EXPECT_EQ(
      CapacityText({}),
      "Each package on a cluster costs 77 series, and each package 10 and a reserve of 77.\n"
      "--metrics.max-series=50000 holds per account 1 package on 648 clusters, or 10 packages "
      "on 63 clusters each, or 100 packages on 5 clusters each, and 574 packages at most.\n"
      "With a cluster for each run, up to 92 runs a day keep their series for the 1w of "
      "--metrics.series-retention.\n");
}

TEST(CapacityText, FollowsBuckets) {
  Config config;
  config.metrics.runtime_buckets = {60, 3600};
  config.metrics.wait_buckets = {60};
  EXPECT_THAT(CapacityText(config), HasSubstr("costs 38 series"));
}

TEST(CapacityText, HasNoClustersWithoutTheirLabel) {
  Config config;
  config.metrics.labels.cluster.value = LabelValue::kNone;
  EXPECT_EQ(CapacityText(config),
            "Each package costs 77 + 10 series.\n"
            "--metrics.max-series=50000 holds per account 574 packages.\n");
}

TEST(CapacityText, HasOnePackageWithoutTheirLabel) {
  Config config;
  config.metrics.labels.package.value = LabelValue::kNone;
  EXPECT_THAT(CapacityText(config), HasSubstr("1 package on 648 clusters, and"));
}

TEST(CapacityText, HoldsForASmallCap) {
  Config config;
  config.metrics.max_series = 1000;
  config.metrics.series_retention = std::chrono::hours(24 * 365);
  const std::string text = CapacityText(config);
  EXPECT_THAT(text, HasSubstr("1 package on 11 clusters, and 11 packages at most"));
  EXPECT_THAT(text, HasSubstr("up to 0 runs a day"));
}

}  // namespace
}  // namespace xplenty::capacity_test
