#include "exposition/protobuf_encoder.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "exposition/family_name.h"

namespace xplenty {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

void AppendVarint(uint64_t value, std::string& out) {
  while (value >= 0x80) {
    out += static_cast<char>((value & 0x7F) | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

// A message in the making; fields are called by their numbers in client_model's metrics.proto.
class Message {
 public:
  void Unsigned(unsigned field, uint64_t value) {
    Tag(field, 0);
    AppendVarint(value, bytes_);
  }
  void Signed(unsigned field, int64_t value) {  // sint32 and sint64: zigzag
    const auto bits = static_cast<uint64_t>(value);
    Unsigned(field, (bits << 1) ^ (value < 0 ? ~uint64_t{0} : 0));
  }
  void Double(unsigned field, double value) {
    Tag(field, 1);
    const auto bits = std::bit_cast<uint64_t>(value);
    for (unsigned shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>(bits >> shift);
  }
  void Text(unsigned field, std::string_view text) {
    Tag(field, 2);
    AppendVarint(text.size(), bytes_);
    bytes_ += text;
  }
  void Add(unsigned field, const Message& message) { Text(field, message.bytes_); }

  const std::string& bytes() const { return bytes_; }

 private:
  void Tag(unsigned field, unsigned wire_type) { AppendVarint(field << 3 | wire_type, bytes_); }

  std::string bytes_;
};

Message LabelPair(const ClientMetric::Label& label) {
  Message pair;
  pair.Text(1, label.name);
  pair.Text(2, label.value);
  return pair;
}

Message Timestamp(double unix_seconds) {
  const double whole = std::floor(unix_seconds);
  Message timestamp;
  timestamp.Unsigned(1, static_cast<uint64_t>(static_cast<int64_t>(whole)));
  timestamp.Unsigned(2, static_cast<uint64_t>((unix_seconds - whole) * 1e9));
  return timestamp;
}

Message ExemplarMessage(const Exemplar& exemplar) {
  Message message;
  for (const auto& label : exemplar.label) message.Add(1, LabelPair(label));
  message.Double(2, exemplar.value);
  message.Add(3, Timestamp(exemplar.timestamp_seconds));
  return message;
}

Message Value(double value) {
  Message message;
  message.Double(1, value);
  return message;
}

Message Counter(const Metric& metric) {
  Message counter = Value(metric.counter.value);
  if (metric.exemplar) counter.Add(2, ExemplarMessage(*metric.exemplar));
  if (metric.created) counter.Add(3, Timestamp(*metric.created));
  return counter;
}

Message Summary(const ClientMetric::Summary& summary) {
  Message message;
  message.Unsigned(1, summary.sample_count);
  message.Double(2, summary.sample_sum);
  for (const auto& [quantile, value] : summary.quantile) {
    Message one;
    one.Double(1, quantile);
    one.Double(2, value);
    message.Add(3, one);
  }
  return message;
}

void AddSpan(int64_t offset, uint64_t length, Message& histogram) {
  Message span;
  span.Signed(1, offset);
  span.Unsigned(2, length);
  histogram.Add(12, span);
}

// Buckets that follow each other are a span; a span begins so many empty ones behind the last, the
// first one so many behind 0. Counts are written as differences.
void AddNative(const NativeHistogram& native, Message& histogram) {
  histogram.Signed(5, native.schema);
  histogram.Double(6, native.zero_threshold);
  histogram.Unsigned(7, native.zero_count);
  const auto& buckets = native.buckets;
  int64_t next = 0;
  for (size_t begin = 0, end = 0; begin < buckets.size(); begin = end) {
    for (end = begin + 1; end < buckets.size(); ++end) {
      if (buckets[end].first != buckets[end - 1].first + 1) break;
    }
    AddSpan(buckets[begin].first - next, end - begin, histogram);
    next = int64_t{buckets[end - 1].first} + 1;
  }
  // Without any span it would not be seen to be native.
  if (buckets.empty()) AddSpan(0, 0, histogram);
  int64_t before = 0;
  for (const auto& [index, count] : buckets) {
    histogram.Signed(13, static_cast<int64_t>(count) - before);
    before = static_cast<int64_t>(count);
  }
}

Message Histogram(const Metric& metric) {
  Message message;
  message.Unsigned(1, metric.histogram.sample_count);
  message.Double(2, metric.histogram.sample_sum);
  const bool with_exemplars = metric.bucket_exemplars.size() == metric.histogram.bucket.size();
  for (size_t i = 0; i < metric.histogram.bucket.size(); ++i) {
    Message bucket;
    bucket.Unsigned(1, metric.histogram.bucket[i].cumulative_count);
    bucket.Double(2, metric.histogram.bucket[i].upper_bound);
    if (with_exemplars && metric.bucket_exemplars[i]) {
      bucket.Add(3, ExemplarMessage(*metric.bucket_exemplars[i]));
    }
    message.Add(3, bucket);
  }
  if (metric.native) AddNative(*metric.native, message);
  if (metric.created) message.Add(15, Timestamp(*metric.created));
  return message;
}

Message MetricMessage(MetricType type, const Metric& metric) {
  Message message;
  for (const auto& label : metric.label) message.Add(1, LabelPair(label));
  switch (type) {
    case MetricType::Gauge:
      message.Add(2, Value(metric.gauge.value));
      break;
    case MetricType::Counter:
      message.Add(3, Counter(metric));
      break;
    case MetricType::Summary:
      message.Add(4, Summary(metric.summary));
      break;
    case MetricType::Untyped:
      message.Add(5, Value(metric.untyped.value));
      break;
    case MetricType::Histogram:
      message.Add(7, Histogram(metric));
      break;
  }
  return message;
}

uint64_t TypeNumber(MetricType type) {
  switch (type) {
    case MetricType::Counter:
      return 0;
    case MetricType::Gauge:
      return 1;
    case MetricType::Summary:
      return 2;
    case MetricType::Histogram:
      return 4;
    case MetricType::Untyped:
      break;
  }
  return 3;
}

}  // namespace

void AppendProtobufHeader(const MetricFamily& family, std::string& out) {
  if (family.metric.empty()) return;
  Message message;
  message.Text(1, SampleName(family));
  if (!family.help.empty()) message.Text(2, family.help);
  message.Unsigned(3, TypeNumber(family.type));
  if (const auto unit = UnitOf(FamilyName(family)); !unit.empty()) message.Text(5, unit);
  out += message.bytes();
}

void AppendProtobufMetrics(const MetricFamily& family, std::string& out) {
  Message message;
  for (const Metric& metric : family.metric) message.Add(4, MetricMessage(family.type, metric));
  out += message.bytes();
}

std::string ProtobufDelimiter(size_t bytes) {
  std::string delimiter;
  AppendVarint(bytes, delimiter);
  return delimiter;
}

}  // namespace xplenty
