#include "exposition/encoded_families.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace xplenty::encoded_families_test {
namespace {

class EncodedFamiliesTest : public ::testing::Test {
 protected:
  std::atomic<int> collected_ = 0;
  const EncodedFamilies families_{[this] {
    ++collected_;
    Metric metric;
    metric.counter.value = 1;
    return std::vector<MetricFamily>{
        {.name = "x", .help = "", .type = prometheus::MetricType::Counter, .metric = {metric}}};
  }};
};

TEST_F(EncodedFamiliesTest, EncodesNothingBeforeTheFirstDemand) {
  EXPECT_EQ(collected_, 0);
  const std::vector<EncodedFamily>& families = families_.In(Format::kText);
  ASSERT_EQ(families.size(), 1U);
  EXPECT_EQ(families[0].header, "# TYPE x_total counter\n");
  EXPECT_EQ(families[0].samples->text(), "x_total 1\n");
  EXPECT_EQ(collected_, 1);
}

TEST_F(EncodedFamiliesTest, EncodesEachFormatOnce) {
  for (const Format format : {Format::kText, Format::kOpenMetrics, Format::kProtobuf}) {
    const auto first = families_.In(format).at(0).samples;
    const int collected = collected_;
    EXPECT_EQ(families_.In(format).at(0).samples, first);
    EXPECT_EQ(collected_, collected);
  }
  EXPECT_EQ(collected_, 3);
}

TEST_F(EncodedFamiliesTest, EncodesOnceForAllThreads) {
  std::vector<std::jthread> scrapes;
  for (int i = 0; i < 8; ++i) {
    scrapes.emplace_back(
        [&] { EXPECT_FALSE(families_.In(Format::kText).at(0).samples->text().empty()); });
  }
  scrapes.clear();
  EXPECT_EQ(collected_, 1);
}

}  // namespace
}  // namespace xplenty::encoded_families_test
