#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>

namespace xplenty {

// The model of prometheus-cpp with what OpenMetrics 1.0 has beside it. Plain data: collectors fill
// it in, encoders write what their format knows and leave out the rest.

// One event behind a counter or a bucket (OpenMetrics 1.0, "Exemplars").
struct Exemplar {
  std::vector<prometheus::ClientMetric::Label> label;  // 128 characters at most, all together
  double value{};
  double timestamp_seconds{};  // Unix time
  friend bool operator==(const Exemplar&, const Exemplar&) = default;
};

// A histogram in buckets that grow exponentially: bucket i holds what is above b^(i-1) and at most
// b^i, where b is 2^(2^-schema). Only the protobuf format can tell it.
struct NativeHistogram {
  int schema{};
  double zero_threshold{};  // up to here values are in the bucket of 0
  uint64_t zero_count{};
  std::vector<std::pair<int32_t, uint64_t>> buckets;  // ascending; those that are not empty
  friend bool operator==(const NativeHistogram&, const NativeHistogram&) = default;
};

struct Metric : prometheus::ClientMetric {
  Metric() = default;
  Metric(prometheus::ClientMetric metric)  // NOLINT(google-explicit-constructor): it is one
      : ClientMetric(std::move(metric)) {}

  std::optional<double> created;     // Unix time at which a counter or histogram was 0
  std::optional<Exemplar> exemplar;  // of a counter
  // Of a histogram: one for each of its buckets, or none at all.
  std::vector<std::optional<Exemplar>> bucket_exemplars;
  std::optional<NativeHistogram> native;  // of a histogram, beside its buckets
};

// A family's name follows OpenMetrics: a counter's has no `_total`.
struct MetricFamily {
  std::string name;
  std::string help;
  prometheus::MetricType type{};
  std::vector<Metric> metric;
};

// Sets the time, in Unix seconds, at which all counters and histograms of these families were 0.
inline void SetCreated(std::vector<MetricFamily>& families, double created) {
  for (MetricFamily& family : families) {
    const bool counts = family.type == prometheus::MetricType::Counter ||
                        family.type == prometheus::MetricType::Histogram;
    if (!counts) continue;
    for (Metric& metric : family.metric) metric.created = created;
  }
}

// Converts a family that prometheus-cpp has collected.
inline MetricFamily ToFamily(prometheus::MetricFamily family) {
  MetricFamily own{.name = std::move(family.name),
                   .help = std::move(family.help),
                   .type = family.type,
                   .metric = {}};
  own.metric.reserve(family.metric.size());
  for (auto& metric : family.metric) own.metric.emplace_back(std::move(metric));
  return own;
}

}  // namespace xplenty
