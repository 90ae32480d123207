#pragma once

#include <string>

#include "exposition/encoded_families.h"
#include "exposition/text_encoder.h"

namespace xplenty {

// Appends one family in the format of an exposition.
inline void AppendFamily(const MetricFamily& family, Format format, std::string& out) {
  out += EncodeWhole({family}, format);
  // The encoder ends an exposition, and that end is no part of a family.
  if (format == Format::kOpenMetrics) out.resize(out.size() - kOpenMetricsEnd.size());
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
