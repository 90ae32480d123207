#pragma once

#include <string>

#include "exposition/snapshot.h"

namespace xplenty {

// Appends one family as an exposition shows it.
inline void AppendFamily(const MetricFamily& family, Format format, std::string& out) {
  out += RenderWhole({family}, format);
  // What ends an exposition is no part of it.
  out.resize(out.size() - EndOf(format).size());
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
