#include "exposition/text_encoder.h"

#include <limits>
#include <utility>

#include <gtest/gtest.h>

#include "support/whole_family.h"

namespace xplenty::text_encoder_test {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

std::string Text(const MetricFamily& family) {
  std::string out;
  AppendText(family, out);
  return out;
}

ClientMetric Gauge(double value, std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  return metric;
}

ClientMetric Counter(double value) {
  ClientMetric metric;
  metric.counter.value = value;
  return metric;
}

TEST(TextEncoder, WritesNothingForAFamilyWithoutMetrics) {
  EXPECT_EQ(Text({.name = "x", .help = "Help.", .type = MetricType::Gauge, .metric = {}}), "");
}

TEST(TextEncoder, OrdersHelpTypeSamples) {
  const MetricFamily family = {.name = "x",
                               .help = "Help.",
                               .type = MetricType::Gauge,
                               .metric = {Gauge(1), Gauge(0.5, {{"a", "b"}, {"c", "d"}})}};
  EXPECT_EQ(Text(family),
            "# HELP x Help.\n"
            "# TYPE x gauge\n"
            "x 1\n"
            "x{a=\"b\",c=\"d\"} 0.5\n");
}

TEST(TextEncoder, OmitsEmptyHelp) {
  EXPECT_EQ(Text({.name = "x", .help = "", .type = MetricType::Untyped, .metric = {Gauge(0)}}),
            "# TYPE x untyped\nx 0\n");
}

TEST(TextEncoder, CounterHasTotalSuffixOnce) {
  constexpr char kWant[] = "# HELP x_total H\n# TYPE x_total counter\nx_total 3\n";
  MetricFamily family = {
      .name = "x", .help = "H", .type = MetricType::Counter, .metric = {Counter(3)}};
  EXPECT_EQ(Text(family), kWant);
  family.name = "x_total";
  EXPECT_EQ(Text(family), kWant);
}

TEST(TextEncoder, KeepsAGaugesName) {
  EXPECT_EQ(Text({.name = "x", .help = "", .type = MetricType::Gauge, .metric = {Gauge(2)}}),
            "# TYPE x gauge\nx 2\n");
}

TEST(TextEncoder, EscapesHelpButNotQuotes) {
  EXPECT_EQ(
      Text({.name = "x", .help = "a\\b\nc\"d\"", .type = MetricType::Gauge, .metric = {Gauge(1)}}),
      "# HELP x a\\\\b\\nc\"d\"\n# TYPE x gauge\nx 1\n");
}

TEST(TextEncoder, EscapesLabelValues) {
  EXPECT_EQ(Text({.name = "x",
                  .help = "",
                  .type = MetricType::Gauge,
                  .metric = {Gauge(1, {{"l", "\\a\"\"b\n"}})}}),
            "# TYPE x gauge\nx{l=\"\\\\a\\\"\\\"b\\n\"} 1\n");
}

TEST(TextEncoder, KeepsUnusualLabelValues) {
  EXPECT_EQ(Text({.name = "x",
                  .help = "",
                  .type = MetricType::Gauge,
                  .metric = {Gauge(1, {{"l", ""}, {"m", "\u00fc{},= "}})}}),
            "# TYPE x gauge\nx{l=\"\",m=\"\u00fc{},= \"} 1\n");
}

TEST(TextEncoder, WritesNoTimestamp) {
  ClientMetric metric = Gauge(1);
  metric.timestamp_ms = 1'700'000'000'000;
  EXPECT_EQ(Text({.name = "x", .help = "", .type = MetricType::Gauge, .metric = {metric}}),
            "# TYPE x gauge\nx 1\n");
}

TEST(TextEncoder, WritesNanAndInfinity) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Text({.name = "x",
                  .help = "",
                  .type = MetricType::Gauge,
                  .metric = {Gauge(std::numeric_limits<double>::quiet_NaN()), Gauge(kInfinity),
                             Gauge(-kInfinity)}}),
            "# TYPE x gauge\nx NaN\nx +Inf\nx -Inf\n");
}

MetricFamily HistogramFamily(std::vector<ClientMetric::Bucket> buckets,
                             std::vector<ClientMetric::Label> labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.histogram = {.sample_count = 7, .sample_sum = 12.5, .bucket = std::move(buckets)};
  return {.name = "h", .help = "H.", .type = MetricType::Histogram, .metric = {metric}};
}

TEST(TextEncoder, WritesBucketsThenSumThenCount) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::string want =
      "# HELP h H.\n"
      "# TYPE h histogram\n"
      "h_bucket{a=\"b\",le=\"0.5\"} 2\n"
      "h_bucket{a=\"b\",le=\"60.0\"} 5\n"
      "h_bucket{a=\"b\",le=\"1e+06\"} 6\n"
      "h_bucket{a=\"b\",le=\"+Inf\"} 7\n"
      "h_sum{a=\"b\"} 12.5\n"
      "h_count{a=\"b\"} 7\n";
  EXPECT_EQ(Text(HistogramFamily({{2, 0.5}, {5, 60}, {6, 1e6}, {7, kInfinity}}, {{"a", "b"}})),
            want);
  EXPECT_EQ(Text(HistogramFamily({{2, 0.5}, {5, 60}, {6, 1e6}}, {{"a", "b"}})), want)
      << "the +Inf bucket is added when missing";
}

TEST(TextEncoder, WritesAHistogramWithoutLabelsOrBuckets) {
  EXPECT_EQ(Text(HistogramFamily({}, {})),
            "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 7\nh_sum 12.5\nh_count 7\n");
}

TEST(TextEncoder, WritesASummary) {
  ClientMetric metric;
  metric.label = {{"a", "b"}};
  metric.summary = {.sample_count = 4, .sample_sum = 10, .quantile = {{0.5, 2}, {1, 4.5}}};
  EXPECT_EQ(Text({.name = "s", .help = "", .type = MetricType::Summary, .metric = {metric}}),
            "# TYPE s summary\n"
            "s{a=\"b\",quantile=\"0.5\"} 2\n"
            "s{a=\"b\",quantile=\"1.0\"} 4.5\n"
            "s_sum{a=\"b\"} 10\n"
            "s_count{a=\"b\"} 4\n");
}

TEST(TextEncoder, AppendsFamilyAfterFamily) {
  std::string out;
  const MetricFamily family = {
      .name = "x", .help = "", .type = MetricType::Gauge, .metric = {Gauge(1)}};
  AppendText(family, out);
  AppendText(family, out);
  EXPECT_EQ(out, "# TYPE x gauge\nx 1\n# TYPE x gauge\nx 1\n");
}

}  // namespace
}  // namespace xplenty::text_encoder_test
