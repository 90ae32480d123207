#include "exposition/protobuf_encoder.h"

#include <bit>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "support/whole_family.h"

namespace xplenty::protobuf_encoder_test {
namespace {

using prometheus::MetricType;

uint64_t TakeVarint(std::string_view& bytes) {
  uint64_t value = 0;
  for (unsigned shift = 0; !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
  ADD_FAILURE() << "a varint is not terminated";
  return 0;
}

int64_t Unzigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

// A field in metrics.proto of prometheus/client_model: its name and how it is read.
struct Field {
  const char* name;
  char kind;  // u: unsigned, s: zigzag, d: double, t: text, else the message below
  const char* message = "";
};
using Schema = std::map<std::string, std::map<uint64_t, Field>>;

const Schema& ClientModel() {
  static const Schema schema = {
      {"MetricFamily",
       {{1, {"name", 't'}},
        {2, {"help", 't'}},
        {3, {"type", 'u'}},
        {4, {"metric", 'm', "Metric"}},
        {5, {"unit", 't'}}}},
      {"Metric",
       {{1, {"label", 'm', "LabelPair"}},
        {2, {"gauge", 'm', "Value"}},
        {3, {"counter", 'm', "Counter"}},
        {4, {"summary", 'm', "Summary"}},
        {5, {"untyped", 'm', "Value"}},
        {7, {"histogram", 'm', "Histogram"}}}},
      {"LabelPair", {{1, {"name", 't'}}, {2, {"value", 't'}}}},
      {"Value", {{1, {"value", 'd'}}}},
      {"Counter",
       {{1, {"value", 'd'}},
        {2, {"exemplar", 'm', "Exemplar"}},
        {3, {"created_timestamp", 'm', "Timestamp"}}}},
      {"Summary",
       {{1, {"sample_count", 'u'}}, {2, {"sample_sum", 'd'}}, {3, {"quantile", 'm', "Quantile"}}}},
      {"Quantile", {{1, {"quantile", 'd'}}, {2, {"value", 'd'}}}},
      {"Histogram",
       {{1, {"sample_count", 'u'}},
        {2, {"sample_sum", 'd'}},
        {3, {"bucket", 'm', "Bucket"}},
        {5, {"schema", 's'}},
        {6, {"zero_threshold", 'd'}},
        {7, {"zero_count", 'u'}},
        {12, {"positive_span", 'm', "BucketSpan"}},
        {13, {"positive_delta", 's'}},
        {15, {"created_timestamp", 'm', "Timestamp"}}}},
      {"Bucket",
       {{1, {"cumulative_count", 'u'}},
        {2, {"upper_bound", 'd'}},
        {3, {"exemplar", 'm', "Exemplar"}}}},
      {"BucketSpan", {{1, {"offset", 's'}}, {2, {"length", 'u'}}}},
      {"Exemplar",
       {{1, {"label", 'm', "LabelPair"}},
        {2, {"value", 'd'}},
        {3, {"timestamp", 'm', "Timestamp"}}}},
      {"Timestamp", {{1, {"seconds", 'u'}}, {2, {"nanos", 'u'}}}},
  };
  return schema;
}

// The text form of a message: "name: value name {...}".
std::string Decode(std::string_view bytes, const std::string& message) {
  std::ostringstream out;
  while (!bytes.empty()) {
    const uint64_t tag = TakeVarint(bytes);
    const auto& fields = ClientModel().at(message);
    const auto found = fields.find(tag >> 3);
    if (found == fields.end()) return "unknown field " + std::to_string(tag >> 3);
    const Field& field = found->second;
    const uint64_t wire_type = field.kind == 'd'                        ? 1
                               : field.kind == 'u' || field.kind == 's' ? 0
                                                                        : 2;
    EXPECT_EQ(tag & 7, wire_type) << message << '.' << field.name;
    out << (out.tellp() > 0 ? " " : "") << field.name;
    if (wire_type == 1) {
      uint64_t bits = 0;
      for (size_t i = 8; i-- > 0;) bits = bits << 8 | static_cast<unsigned char>(bytes.at(i));
      bytes.remove_prefix(8);
      out << ": " << std::bit_cast<double>(bits);
      continue;
    }
    const uint64_t value = TakeVarint(bytes);
    if (field.kind == 'u') out << ": " << value;
    if (field.kind == 's') out << ": " << Unzigzag(value);
    if (wire_type == 0) continue;
    if (value > bytes.size()) return "a field exceeds its message";
    const std::string_view inner = bytes.substr(0, value);
    bytes.remove_prefix(value);
    if (field.kind == 't') out << ": " << inner;
    if (field.kind == 'm') out << " {" << Decode(inner, field.message) << "}";
  }
  return out.str();
}

std::string Encoded(const MetricFamily& family) {
  std::string bytes;
  AppendProtobuf(family, bytes);
  std::string_view rest = bytes;
  const uint64_t size = TakeVarint(rest);
  EXPECT_EQ(size, rest.size());
  return Decode(rest, "MetricFamily");
}

MetricFamily Family(std::string name, MetricType type, Metric metric) {
  return {.name = std::move(name), .help = "H", .type = type, .metric = {std::move(metric)}};
}

Exemplar OfJob(const std::string& id) {
  return {.label = {{"job_id", id}}, .value = 7, .timestamp_seconds = 1000.5};
}

TEST(Protobuf, WritesNothingForAFamilyWithoutMetrics) {
  std::string out = "x";
  AppendProtobuf({.name = "x", .help = "H", .type = MetricType::Gauge, .metric = {}}, out);
  EXPECT_EQ(out, "x");
}

TEST(Protobuf, WritesGaugeLabelsAndUnit) {
  Metric metric;
  metric.label = {{"a", "b\"\n\u00fc"}, {"c", ""}};
  metric.gauge.value = -0.5;
  EXPECT_EQ(
      Encoded(Family("x_seconds", MetricType::Gauge, metric)),
      "name: x_seconds help: H type: 1 unit: seconds metric {label {name: a value: b\"\n\u00fc} "
      "label {name: c value: } gauge {value: -0.5}}");
}

TEST(Protobuf, WritesCounterExemplarAndCreated) {
  Metric metric;
  metric.counter.value = 3;
  metric.exemplar = OfJob("157");
  metric.created = 2000.25;
  EXPECT_EQ(Encoded(Family("x", MetricType::Counter, metric)),
            "name: x_total help: H type: 0 metric {counter {value: 3 exemplar {label {name: job_id "
            "value: 157} value: 7 timestamp {seconds: 1000 nanos: 500000000}} "
            "created_timestamp {seconds: 2000 nanos: 250000000}}}");
}

TEST(Protobuf, WritesUntypedAndSummary) {
  Metric metric;
  metric.untyped.value = std::numeric_limits<double>::infinity();
  metric.summary = {.sample_count = 300, .sample_sum = 10, .quantile = {{0.5, 2}}};
  EXPECT_EQ(Encoded(Family("x", MetricType::Untyped, metric)),
            "name: x help: H type: 3 metric {untyped {value: inf}}");
  EXPECT_EQ(Encoded(Family("x", MetricType::Summary, metric)),
            "name: x help: H type: 2 metric {summary {sample_count: 300 sample_sum: 10 "
            "quantile {quantile: 0.5 value: 2}}}");
}

TEST(Protobuf, WritesAHistogramWithExemplars) {
  Metric metric;
  metric.histogram = {.sample_count = 3, .sample_sum = 65, .bucket = {{1, 10}, {3, 60}}};
  metric.bucket_exemplars = {std::nullopt, OfJob("1")};
  EXPECT_EQ(Encoded(Family("h", MetricType::Histogram, metric)),
            "name: h help: H type: 4 metric {histogram {sample_count: 3 sample_sum: 65 "
            "bucket {cumulative_count: 1 upper_bound: 10} "
            "bucket {cumulative_count: 3 upper_bound: 60 exemplar {label {name: job_id value: 1} "
            "value: 7 timestamp {seconds: 1000 nanos: 500000000}}}}}");
}

TEST(Protobuf, WritesNativeSpansAndDeltas) {
  Metric metric;
  metric.native = NativeHistogram{.schema = 3,
                                  .zero_threshold = 0.25,
                                  .zero_count = 2,
                                  .buckets = {{-2, 5}, {-1, 3}, {4, 3}, {5, 1000}, {6, 1}}};
  const std::string text = Encoded(Family("h", MetricType::Histogram, metric));
  EXPECT_NE(text.find("schema: 3 zero_threshold: 0.25 zero_count: 2 "
                      "positive_span {offset: -2 length: 2} positive_span {offset: 4 length: 3} "
                      "positive_delta: 5 positive_delta: -2 positive_delta: 0 "
                      "positive_delta: 997 positive_delta: -999"),
            std::string::npos)
      << text;
}

TEST(Protobuf, MarksAnEmptyHistogramAsNative) {
  Metric metric;
  metric.native = NativeHistogram{.schema = 3, .zero_threshold = 0.25, .buckets = {}};
  EXPECT_NE(Encoded(Family("h", MetricType::Histogram, metric))
                .find("zero_count: 0 positive_span {offset: 0 length: 0}"),
            std::string::npos);
}

TEST(Protobuf, DelimitsFamilyFromFamily) {
  std::string bytes;
  for (int i = 0; i < 3; ++i) AppendProtobuf(Family("x", MetricType::Gauge, {}), bytes);
  std::string_view rest = bytes;
  for (int i = 0; i < 3; ++i) {
    const uint64_t size = TakeVarint(rest);
    EXPECT_EQ(Decode(rest.substr(0, size), "MetricFamily"),
              "name: x help: H type: 1 metric {gauge {value: 0}}");
    rest.remove_prefix(size);
  }
  EXPECT_TRUE(rest.empty());
}

}  // namespace
}  // namespace xplenty::protobuf_encoder_test
