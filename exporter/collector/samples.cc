#include "collector/samples.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace xplenty {
namespace {

void Append(const LabelRule& rule, const std::string& value, Labels& labels) {
  if (rule.value != LabelValue::kNone) labels.push_back({rule.name, value});
}

template <typename Statuses>
LabelValues NamesOf(const Statuses& statuses) {
  LabelValues names{.label = "status", .values = {}};
  for (const JobStatus status : statuses) names.values.push_back(ToString(status));
  return names;
}

Exemplar ExemplarOf(const JobExemplar& job) {
  return {.label = {{"job_id", std::to_string(job.job_id)}},
          .value = static_cast<double>(job.seconds),
          .timestamp_seconds = static_cast<double>(ToUnix(job.finished_at))};
}

}  // namespace

Labels AccountLabels(const ViewHeader& header) {
  Labels labels;
  Append(header.labels.account, header.account, labels);
  return labels;
}

Labels PackageLabels(const ViewHeader& header, const std::string& package) {
  Labels labels = AccountLabels(header);
  Append(header.labels.package, package, labels);
  return labels;
}

Labels SeriesLabelsOf(const ViewHeader& header, const std::string& package,
                      const std::string& cluster) {
  Labels labels = PackageLabels(header, package);
  Append(header.labels.cluster, cluster, labels);
  return labels;
}

Labels With(Labels labels, std::string name, std::string value) {
  labels.push_back({std::move(name), std::move(value)});
  return labels;
}

const LabelValues& ByStatus() {
  static const LabelValues names = NamesOf(kAllStatuses);
  return names;
}

const LabelValues& ByFinishedStatus() {
  static const LabelValues names = NamesOf(kFinishedStatuses);
  return names;
}

Sample Gauge(std::optional<double> value) {
  if (!value) return std::nullopt;
  Sample sample(std::in_place);
  sample->gauge.value = *value;
  return sample;
}

Sample Gauge(std::optional<Timestamp> value) {
  if (!value) return std::nullopt;
  return Gauge(static_cast<double>(ToUnix(*value)));
}

Sample Counter(uint64_t value) {
  Sample sample(std::in_place);
  sample->counter.value = static_cast<double>(value);
  return sample;
}

Sample HistogramSample(const Histogram& histogram) {
  Sample sample(std::in_place);
  uint64_t cumulative = 0;
  const auto& counts = histogram.counts();
  sample->histogram.bucket.reserve(counts.size());
  for (size_t i = 0; i < counts.size(); ++i) {
    cumulative += counts[i];
    const double bound = i < histogram.bounds().size() ? histogram.bounds()[i]
                                                       : std::numeric_limits<double>::infinity();
    sample->histogram.bucket.push_back({.cumulative_count = cumulative, .upper_bound = bound});
  }
  sample->bucket_exemplars.resize(histogram.exemplars().size());
  std::ranges::transform(
      histogram.exemplars(), sample->bucket_exemplars.begin(),
      [](const auto& job) { return job ? std::optional(ExemplarOf(*job)) : std::nullopt; });
  if (const auto& native = histogram.native()) {
    // Prometheus' own libraries use this one at the least; our values are whole seconds.
    constexpr double kZeroThreshold = 0x1p-128;
    sample->native = NativeHistogram{.schema = NativeBuckets::kSchema,
                                     .zero_threshold = kZeroThreshold,
                                     .zero_count = native->zeros(),
                                     .buckets = native->counts()};
  }
  sample->histogram.sample_count = cumulative;
  sample->histogram.sample_sum = static_cast<double>(histogram.sum());
  return sample;
}

std::optional<Exemplar> LatestExemplar(const Histogram& histogram) {
  const JobExemplar* latest = nullptr;
  for (const auto& job : histogram.exemplars()) {
    if (job && (latest == nullptr || job->IsLaterThan(*latest))) latest = &*job;
  }
  return latest == nullptr ? std::nullopt : std::optional(ExemplarOf(*latest));
}

}  // namespace xplenty
