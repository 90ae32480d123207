#include "exposition/snapshot.h"

#include "exposition/protobuf_encoder.h"
#include "exposition/text_encoder.h"

namespace xplenty {
namespace {

void Append(const MetricFamily& family, Format format, std::string& header, std::string& samples) {
  switch (format) {
    case Format::kText:
      AppendTextHeader(family, header);
      return AppendTextSamples(family, samples);
    case Format::kOpenMetrics:
      AppendOpenMetricsHeader(family, header);
      return AppendOpenMetricsSamples(family, samples);
    case Format::kProtobuf:
      AppendProtobufHeader(family, header);
      return AppendProtobufMetrics(family, samples);
  }
}

}  // namespace

std::string_view EndOf(Format format) {
  return format == Format::kOpenMetrics ? kOpenMetricsEnd : std::string_view();
}

std::string RenderWhole(const std::vector<MetricFamily>& families, Format format) {
  std::string whole;
  std::string header;
  std::string samples;
  for (const MetricFamily& family : families) {
    if (family.metric.empty()) continue;
    header.clear();
    samples.clear();
    Append(family, format, header, samples);
    if (format == Format::kProtobuf) whole += ProtobufDelimiter(header.size() + samples.size());
    whole += header;
    whole += samples;
  }
  whole += EndOf(format);
  return whole;
}

RenderedFamilies Render(const std::vector<MetricFamily>& families, Format format) {
  RenderedFamilies rendered;
  rendered.reserve(families.size());
  for (const MetricFamily& family : families) {
    rendered.push_back({.name = family.name});
    if (family.metric.empty()) continue;
    std::string samples;
    Append(family, format, rendered.back().header, samples);
    samples.shrink_to_fit();
    rendered.back().samples = std::make_shared<const Segment>(std::move(samples));
  }
  return rendered;
}

const RenderedFamilies& Snapshot::In(Format format) const {
  Rendered& rendered = rendered_.at(static_cast<size_t>(format));
  std::call_once(rendered.once, [&] { rendered.families = Render(collect_(), format); });
  return rendered.families;
}

}  // namespace xplenty
