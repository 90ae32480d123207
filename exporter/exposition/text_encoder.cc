#include "exposition/text_encoder.h"

#include <cstdint>
#include <limits>
#include <string_view>

#include "exposition/number.h"

namespace xplenty {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

void AppendEscaped(std::string_view text, std::string_view special, std::string& out) {
  while (true) {
    const size_t clean = text.find_first_of(special);
    out += text.substr(0, clean);
    if (clean == std::string_view::npos) return;
    out += '\\';
    out += text[clean] == '\n' ? 'n' : text[clean];
    text.remove_prefix(clean + 1);
  }
}

void AppendLabel(std::string_view name, std::string_view value, std::string& out) {
  out += name;
  out += "=\"";
  AppendEscaped(value, "\\\"\n", out);
  out += '"';
}

std::string_view TypeName(MetricType type) {
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return "gauge";
    case MetricType::Summary:
      return "summary";
    case MetricType::Histogram:
      return "histogram";
    case MetricType::Untyped:
      break;
  }
  return "untyped";
}

std::string WrittenName(const prometheus::MetricFamily& family) {
  constexpr std::string_view kTotal = "_total";
  std::string name = family.name;
  if (family.type == MetricType::Counter && !std::string_view(name).ends_with(kTotal)) {
    name += kTotal;
  }
  return name;
}

// Writes the samples of one family; what its metrics share is kept between them.
class SampleWriter {
 public:
  SampleWriter(std::string_view name, std::string& out) : name_(name), out_(out) {}

  void Write(MetricType type, const ClientMetric& metric) {
    RenderLabels(metric.label);
    switch (type) {
      case MetricType::Counter:
        return Sample("", metric.counter.value);
      case MetricType::Gauge:
        return Sample("", metric.gauge.value);
      case MetricType::Untyped:
        return Sample("", metric.untyped.value);
      case MetricType::Summary:
        return Summary(metric.summary);
      case MetricType::Histogram:
        return Histogram(metric.histogram);
    }
  }

 private:
  void RenderLabels(const std::vector<ClientMetric::Label>& labels) {
    labels_.clear();
    for (const ClientMetric::Label& label : labels) {
      if (!labels_.empty()) labels_ += ',';
      AppendLabel(label.name, label.value, labels_);
    }
  }

  void Summary(const ClientMetric::Summary& summary) {
    for (const ClientMetric::Quantile& quantile : summary.quantile) {
      BoundedSample("", "quantile", quantile.quantile, quantile.value);
    }
    Sample("_sum", summary.sample_sum);
    Count("_count", summary.sample_count);
  }

  void Histogram(const ClientMetric::Histogram& histogram) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    double last_bound = 0;
    for (const ClientMetric::Bucket& bucket : histogram.bucket) {
      last_bound = bucket.upper_bound;
      BoundedSample("_bucket", "le", last_bound, static_cast<double>(bucket.cumulative_count));
    }
    if (last_bound != kInfinity) {
      BoundedSample("_bucket", "le", kInfinity, static_cast<double>(histogram.sample_count));
    }
    Sample("_sum", histogram.sample_sum);
    Count("_count", histogram.sample_count);
  }

  void Count(std::string_view suffix, uint64_t count) {
    Sample(suffix, static_cast<double>(count));
  }

  void Sample(std::string_view suffix, double value) {
    out_ += name_;
    out_ += suffix;
    if (!labels_.empty()) {
      out_ += '{';
      out_ += labels_;
      out_ += '}';
    }
    Value(value);
  }

  // A sample with one more label, whose value is a number.
  void BoundedSample(std::string_view suffix, std::string_view label, double bound, double value) {
    out_ += name_;
    out_ += suffix;
    out_ += '{';
    out_ += labels_;
    if (!labels_.empty()) out_ += ',';
    out_ += label;
    out_ += "=\"";
    AppendBound(bound, out_);
    out_ += "\"}";
    Value(value);
  }

  void Value(double value) {
    out_ += ' ';
    AppendNumber(value, out_);
    out_ += '\n';
  }

  std::string_view name_;
  std::string labels_;  // of the current metric, rendered once for all its samples
  std::string& out_;
};

}  // namespace

void AppendText(const prometheus::MetricFamily& family, std::string& out) {
  if (family.metric.empty()) return;
  const std::string name = WrittenName(family);
  if (!family.help.empty()) {
    out += "# HELP ";
    out += name;
    out += ' ';
    AppendEscaped(family.help, "\\\n", out);
    out += '\n';
  }
  out += "# TYPE ";
  out += name;
  out += ' ';
  out += TypeName(family.type);
  out += '\n';
  SampleWriter writer(name, out);
  for (const ClientMetric& metric : family.metric) writer.Write(family.type, metric);
}

}  // namespace xplenty
