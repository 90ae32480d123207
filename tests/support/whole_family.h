#pragma once

#include <string>
#include <utility>

#include "exposition/join.h"
#include "exposition/segment_run.h"
#include "exposition/snapshot.h"

namespace xplenty {

// Appends one family as an exposition shows it.
inline void AppendFamily(const MetricFamily& family, Format format, std::string& out) {
  const RenderedFamilies rendered = Render({family}, format);
  const RenderedFamilies* const source = &rendered;
  Segments segments;
  AppendJoined({&source, 1}, format, segments);
  const SegmentRun run(std::move(segments));
  out += JoinText({&run}).Flat();
}

inline void AppendText(const MetricFamily& family, std::string& out) {
  AppendFamily(family, Format::kText, out);
}

inline void AppendOpenMetrics(const MetricFamily& family, std::string& out) {
  AppendFamily(family, Format::kOpenMetrics, out);
}

inline void AppendProtobuf(const MetricFamily& family, std::string& out) {
  AppendFamily(family, Format::kProtobuf, out);
}

}  // namespace xplenty
