#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "exposition/text_encoder.h"
#include "support/whole_family.h"

namespace xplenty::openmetrics_test {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

std::string OpenMetrics(const MetricFamily& family) {
  std::string out;
  AppendOpenMetrics(family, out);
  return out;
}

std::string Text(const MetricFamily& family) {
  std::string out;
  AppendText(family, out);
  return out;
}

Metric Counter(double value) {
  Metric metric;
  metric.label = {{"a", "b"}};
  metric.counter.value = value;
  return metric;
}

Metric Histogram() {
  Metric metric;
  metric.label = {{"a", "b"}};
  metric.histogram = {.sample_count = 3, .sample_sum = 65, .bucket = {{1, 10}, {3, 60}}};
  return metric;
}

Exemplar OfJob(const std::string& id, double value = 7) {
  return {.label = {{"job_id", id}}, .value = value, .timestamp_seconds = 1700000000};
}

MetricFamily Family(std::string name, MetricType type, Metric metric, std::string help = "") {
  return {.name = std::move(name), .help = std::move(help), .type = type, .metric = {metric}};
}

TEST(OpenMetrics, WritesNothingForAFamilyWithoutMetrics) {
  EXPECT_EQ(OpenMetrics({.name = "x", .help = "H", .type = MetricType::Gauge, .metric = {}}), "");
}

TEST(OpenMetrics, OnlySamplesHaveTheTotalSuffix) {
  constexpr char kWant[] = "# TYPE x counter\n# HELP x H\nx_total{a=\"b\"} 3\n";
  EXPECT_EQ(OpenMetrics(Family("x", MetricType::Counter, Counter(3), "H")), kWant);
  EXPECT_EQ(OpenMetrics(Family("x_total", MetricType::Counter, Counter(3), "H")), kWant);
}

TEST(OpenMetrics, OrdersTypeUnitHelp) {
  EXPECT_EQ(OpenMetrics(Family("cpu_seconds", MetricType::Counter, Counter(1), "H")),
            "# TYPE cpu_seconds counter\n# UNIT cpu_seconds seconds\n# HELP cpu_seconds H\n"
            "cpu_seconds_total{a=\"b\"} 1\n");
}

TEST(OpenMetrics, UnitFollowsFromTheName) {
  const auto has_unit = [](const std::string& name, const std::string& unit) {
    return OpenMetrics(Family(name, MetricType::Gauge, {}))
               .find("# UNIT " + name + " " + unit + "\n") != std::string::npos;
  };
  EXPECT_TRUE(has_unit("x_seconds", "seconds"));
  EXPECT_TRUE(has_unit("x_timestamp_seconds", "seconds"));
  EXPECT_TRUE(has_unit("x_bytes", "bytes"));
  EXPECT_TRUE(has_unit("x_ratio", "ratio"));
  for (const char* name : {"seconds", "milliseconds", "x_bytes_limit", "x_records", "x"}) {
    EXPECT_EQ(OpenMetrics(Family(name, MetricType::Gauge, {})).find("# UNIT"), std::string::npos)
        << name;
  }
}

TEST(OpenMetrics, CallsUntypedUnknown) {
  EXPECT_EQ(OpenMetrics(Family("x", MetricType::Untyped, {})), "# TYPE x unknown\nx 0\n");
}

TEST(OpenMetrics, EscapesQuotesInHelpToo) {
  EXPECT_EQ(OpenMetrics(Family("x", MetricType::Gauge, {}, "a\\b\nc\"d")),
            "# TYPE x gauge\n# HELP x a\\\\b\\nc\\\"d\nx 0\n");
}

TEST(OpenMetrics, HistogramSamplesEqualTheText) {
  const MetricFamily family = Family("h", MetricType::Histogram, Histogram());
  const std::string samples =
      "h_bucket{a=\"b\",le=\"10.0\"} 1\n"
      "h_bucket{a=\"b\",le=\"60.0\"} 3\n"
      "h_bucket{a=\"b\",le=\"+Inf\"} 3\n"
      "h_sum{a=\"b\"} 65\n"
      "h_count{a=\"b\"} 3\n";
  EXPECT_EQ(OpenMetrics(family), "# TYPE h histogram\n" + samples);
  EXPECT_EQ(Text(family), "# TYPE h histogram\n" + samples);
}

TEST(OpenMetrics, WritesCountsBeyondDoublePrecision) {
  Metric metric;
  metric.histogram.sample_count = 9007199254740993;  // 2^53 + 1
  EXPECT_EQ(OpenMetrics(Family("h", MetricType::Histogram, metric)),
            "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 9007199254740993\nh_sum 0\n"
            "h_count 9007199254740993\n");
}

TEST(OpenMetrics, WritesCreatedOfCounterAndHistogram) {
  Metric counter = Counter(3);
  counter.created = 1700000000.5;
  const MetricFamily family = Family("x", MetricType::Counter, counter);
  EXPECT_EQ(OpenMetrics(family),
            "# TYPE x counter\nx_total{a=\"b\"} 3\nx_created{a=\"b\"} 1700000000.5\n");
  EXPECT_EQ(Text(family), "# TYPE x_total counter\nx_total{a=\"b\"} 3\n");
  Metric histogram = Histogram();
  histogram.created = 0;
  EXPECT_TRUE(OpenMetrics(Family("h", MetricType::Histogram, histogram))
                  .ends_with("\nh_count{a=\"b\"} 3\nh_created{a=\"b\"} 0\n"));
}

TEST(OpenMetrics, WritesExemplarsOfCountersAndBuckets) {
  Metric counter = Counter(3);
  counter.exemplar = OfJob("157");
  EXPECT_EQ(OpenMetrics(Family("x", MetricType::Counter, counter)),
            "# TYPE x counter\nx_total{a=\"b\"} 3 # {job_id=\"157\"} 7 1700000000\n");
  Metric histogram = Histogram();
  histogram.bucket_exemplars = {std::nullopt, OfJob("158", 31)};
  const std::string text = OpenMetrics(Family("h", MetricType::Histogram, histogram));
  EXPECT_NE(text.find("h_bucket{a=\"b\",le=\"10.0\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("le=\"60.0\"} 3 # {job_id=\"158\"} 31 1700000000\n"), std::string::npos)
      << text;
}

TEST(OpenMetrics, KeepsExemplarsOutOfTheText) {
  Metric counter = Counter(3);
  counter.exemplar = OfJob("157");
  EXPECT_EQ(Text(Family("x", MetricType::Counter, counter)),
            "# TYPE x_total counter\nx_total{a=\"b\"} 3\n");
}

TEST(OpenMetrics, DropsExemplarsBeyond128Characters) {
  const auto has_exemplar = [](const std::string& id) {
    Metric counter = Counter(3);
    counter.exemplar = OfJob(id);
    return OpenMetrics(Family("x", MetricType::Counter, counter)).find(" # {") != std::string::npos;
  };
  const size_t room = 128 - std::string("job_id").size();
  EXPECT_TRUE(has_exemplar(std::string(room, '1')));
  EXPECT_FALSE(has_exemplar(std::string(room + 1, '1')));
  std::string umlauts;
  for (size_t i = 0; i < room; ++i) umlauts += "\u00fc";
  EXPECT_TRUE(has_exemplar(umlauts)) << "characters count, not bytes";
}

}  // namespace
}  // namespace xplenty::openmetrics_test
