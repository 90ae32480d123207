#include "exposition/text_encoder.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "exposition/family_name.h"
#include "exposition/number.h"

namespace xplenty {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

enum class Dialect { kText, kOpenMetrics };

// Escaped in quotes, which is what OpenMetrics asks of HELP too.
constexpr std::string_view kQuoted = "\\\"\n";

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

void AppendLabels(const std::vector<ClientMetric::Label>& labels, std::string& out) {
  bool first = true;
  for (const ClientMetric::Label& label : labels) {
    if (!first) out += ',';
    first = false;
    out += label.name;
    out += "=\"";
    AppendEscaped(label.value, kQuoted, out);
    out += '"';
  }
}

std::string_view TypeName(MetricType type, Dialect dialect) {
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
  return dialect == Dialect::kText ? "untyped" : "unknown";
}

// Characters, which are code points, and not bytes.
size_t CharactersOf(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool Fits(const Exemplar& exemplar) {
  constexpr size_t kMaxCharacters = 128;
  size_t characters = 0;
  for (const auto& label : exemplar.label) {
    characters += CharactersOf(label.name) + CharactersOf(label.value);
  }
  return characters <= kMaxCharacters;
}

// Writes the samples of one family; what its metrics share is kept between them.
class SampleWriter {
 public:
  SampleWriter(std::string_view family, Dialect dialect, std::string& out)
      : family_(family), dialect_(dialect), out_(out) {}

  void Write(MetricType type, const Metric& metric) {
    labels_.clear();
    AppendLabels(metric.label, labels_);
    switch (type) {
      case MetricType::Counter:
        return Counter(metric);
      case MetricType::Gauge:
        return Sample("", metric.gauge.value);
      case MetricType::Untyped:
        return Sample("", metric.untyped.value);
      case MetricType::Summary:
        return Summary(metric.summary);
      case MetricType::Histogram:
        return Histogram(metric);
    }
  }

 private:
  void Counter(const Metric& metric) {
    Start("_total");
    Value(metric.counter.value);
    End(metric.exemplar);
    Created(metric);
  }

  void Summary(const ClientMetric::Summary& summary) {
    for (const ClientMetric::Quantile& quantile : summary.quantile) {
      StartBounded("", "quantile", quantile.quantile);
      Value(quantile.value);
      End();
    }
    Sample("_sum", summary.sample_sum);
    Sample("_count", summary.sample_count);
  }

  void Histogram(const Metric& metric) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const ClientMetric::Histogram& histogram = metric.histogram;
    const bool with_exemplars = metric.bucket_exemplars.size() == histogram.bucket.size();
    double last_bound = 0;
    for (size_t i = 0; i < histogram.bucket.size(); ++i) {
      last_bound = histogram.bucket[i].upper_bound;
      StartBounded("_bucket", "le", last_bound);
      Value(histogram.bucket[i].cumulative_count);
      End(with_exemplars ? metric.bucket_exemplars[i] : std::nullopt);
    }
    if (last_bound != kInfinity) {
      StartBounded("_bucket", "le", kInfinity);
      Value(histogram.sample_count);
      End();
    }
    Sample("_sum", histogram.sample_sum);
    Sample("_count", histogram.sample_count);
    Created(metric);
  }

  void Created(const Metric& metric) {
    if (dialect_ == Dialect::kOpenMetrics && metric.created) Sample("_created", *metric.created);
  }

  // The number is a double, or a uint64_t, which keeps all of its digits.
  template <typename Number>
  void Sample(std::string_view suffix, Number value) {
    Start(suffix);
    Value(value);
    End();
  }

  void Start(std::string_view suffix) {
    out_ += family_;
    out_ += suffix;
    if (labels_.empty()) return;
    out_ += '{';
    out_ += labels_;
    out_ += '}';
  }

  // With one more label, whose value is a number.
  void StartBounded(std::string_view suffix, std::string_view label, double bound) {
    out_ += family_;
    out_ += suffix;
    out_ += '{';
    out_ += labels_;
    if (!labels_.empty()) out_ += ',';
    out_ += label;
    out_ += "=\"";
    AppendBound(bound, out_);
    out_ += "\"}";
  }

  template <typename Number>
  void Value(Number value) {
    out_ += ' ';
    AppendNumber(value, out_);
  }

  void End() { out_ += '\n'; }

  void End(const std::optional<Exemplar>& exemplar) {
    if (dialect_ == Dialect::kOpenMetrics && exemplar && Fits(*exemplar)) {
      out_ += " # {";
      AppendLabels(exemplar->label, out_);
      out_ += '}';
      Value(exemplar->value);
      Value(exemplar->timestamp_seconds);
    }
    End();
  }

  std::string_view family_;
  Dialect dialect_;
  std::string labels_;  // of the current metric, rendered once and used for each sample
  std::string& out_;
};

void AppendMetadata(std::string_view keyword, std::string_view name, std::string_view text,
                    std::string& out) {
  out += "# ";
  out += keyword;
  out += ' ';
  out += name;
  out += ' ';
  out += text;
  out += '\n';
}

void AppendHelp(std::string_view name, std::string_view help, std::string_view special,
                std::string& out) {
  if (help.empty()) return;
  std::string escaped;
  AppendEscaped(help, special, escaped);
  AppendMetadata("HELP", name, escaped, out);
}

void AppendSamples(const MetricFamily& family, Dialect dialect, std::string& out) {
  SampleWriter writer(FamilyName(family), dialect, out);
  for (const Metric& metric : family.metric) writer.Write(family.type, metric);
}

}  // namespace

void AppendTextHeader(const MetricFamily& family, std::string& out) {
  if (family.metric.empty()) return;
  const std::string name = SampleName(family);
  AppendHelp(name, family.help, "\\\n", out);
  AppendMetadata("TYPE", name, TypeName(family.type, Dialect::kText), out);
}

void AppendTextSamples(const MetricFamily& family, std::string& out) {
  AppendSamples(family, Dialect::kText, out);
}

void AppendOpenMetricsHeader(const MetricFamily& family, std::string& out) {
  if (family.metric.empty()) return;
  const std::string_view name = FamilyName(family);
  AppendMetadata("TYPE", name, TypeName(family.type, Dialect::kOpenMetrics), out);
  if (const auto unit = UnitOf(name); !unit.empty()) AppendMetadata("UNIT", name, unit, out);
  AppendHelp(name, family.help, kQuoted, out);
}

void AppendOpenMetricsSamples(const MetricFamily& family, std::string& out) {
  AppendSamples(family, Dialect::kOpenMetrics, out);
}

}  // namespace xplenty
