#include "exposition/snapshot.h"

#include "exposition/protobuf_encoder.h"
#include "exposition/text_encoder.h"

namespace xplenty {
namespace {

void Append(const MetricFamily& family, Format format, std::string& out) {
  switch (format) {
    case Format::kText:
      return AppendText(family, out);
    case Format::kOpenMetrics:
      return AppendOpenMetrics(family, out);
    case Format::kProtobuf:
      return AppendProtobuf(family, out);
  }
}

}  // namespace

const std::shared_ptr<const Segment>& Snapshot::In(Format format) const {
  Rendered& rendered = rendered_.at(static_cast<size_t>(format));
  std::call_once(rendered.once, [&] {
    rendered.segment = std::make_shared<const Segment>(Encode(collect_(), format));
  });
  return rendered.segment;
}

std::string Encode(const std::vector<MetricFamily>& families, Format format) {
  std::string out;
  for (const MetricFamily& family : families) Append(family, format, out);
  return out;
}

std::string_view EndOf(Format format) {
  return format == Format::kOpenMetrics ? kOpenMetricsEnd : std::string_view();
}

}  // namespace xplenty
