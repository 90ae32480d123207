// Compares the text encoder with prometheus-cpp's own, wherever that one is right: it does not
// escape HELP, spells NaN wrongly, rounds to 16 digits and does not know the canonical form of
// bounds.

#include <limits>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include "exposition/text_encoder.h"
#include "support/whole_family.h"

namespace xplenty::text_serializer_test {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

std::multiset<std::string> Lines(const std::string& text) {
  std::multiset<std::string> lines;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = text.find('\n', begin);
    lines.insert(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// Each encoder has its own order of a histogram's samples, so the order is not compared.
void ExpectSame(const prometheus::MetricFamily& family) {
  std::string ours;
  AppendText(ToFamily(family), ours);
  EXPECT_EQ(Lines(ours), Lines(prometheus::TextSerializer().Serialize({family})));
}

class Draw {
 public:
  uint32_t Below(uint32_t limit) { return static_cast<uint32_t>(random_() % limit); }

  std::string Word() {
    constexpr std::string_view kCharacters = "ab\\\"\n {}=,#\xc3\xbc";
    std::string word;
    for (uint32_t i = Below(6); i > 0; --i) word += kCharacters[Below(11)];
    return word + "\u00fc";
  }

  // A number that 16 digits represent, and that no encoder writes with an exponent.
  double Number() { return static_cast<double>(Below(1'000'000)) / 64 * (Below(2) == 0 ? 1 : -1); }

  ClientMetric Metric() {
    ClientMetric metric;
    for (uint32_t i = 0, labels = Below(4); i < labels; ++i) {
      metric.label.push_back({"l" + std::to_string(i), Word()});
    }
    metric.gauge.value = metric.untyped.value = Number();
    metric.counter.value = Below(1'000'000);
    return metric;
  }

 private:
  std::mt19937 random_{1};
};

TEST(TextSerializer, AgreesOnCommonFamilies) {
  Draw draw;
  for (int i = 0; i < 1000; ++i) {
    const MetricType types[] = {MetricType::Counter, MetricType::Gauge, MetricType::Untyped};
    const MetricType type = types[draw.Below(3)];
    prometheus::MetricFamily family;
    family.name = type == MetricType::Counter ? "x_total" : "x";
    family.help = "Help with \"quotes\".";
    family.type = type;
    for (uint32_t n = 1 + draw.Below(3); n > 0; --n) family.metric.push_back(draw.Metric());
    ExpectSame(family);
  }
}

TEST(TextSerializer, AgreesOnHistogramsWithFractionalBounds) {
  Draw draw;
  for (int i = 0; i < 1000; ++i) {
    ClientMetric metric = draw.Metric();
    uint64_t count = 0;
    double bound = 0;
    for (uint32_t n = draw.Below(5); n > 0; --n) {
      bound = bound + draw.Below(100) + (bound == 0 ? 0.5 : 0);
      count += draw.Below(1000);
      metric.histogram.bucket.push_back({count, bound});
    }
    metric.histogram.sample_count = count;
    metric.histogram.sample_sum = draw.Number();
    ExpectSame({.name = "h", .help = "Help.", .type = MetricType::Histogram, .metric = {metric}});
  }
}

TEST(TextSerializer, AgreesOnInfinity) {
  ClientMetric metric;
  metric.gauge.value = std::numeric_limits<double>::infinity();
  ExpectSame({.name = "x", .help = "H", .type = MetricType::Gauge, .metric = {metric}});
}

}  // namespace
}  // namespace xplenty::text_serializer_test
