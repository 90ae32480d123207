#pragma once

#include <cstddef>

namespace xplenty {

// The formats of an exposition.
enum class Format {
  kText,         // Prometheus text 0.0.4
  kOpenMetrics,  // OpenMetrics 1.0.0, which reads as 0.0.1 as well
  kProtobuf,     // io.prometheus.client.MetricFamily, delimited
};

constexpr size_t kFormatCount = 3;

// The content codings in which an exposition is served (RFC 9110, section 8.4.1).
enum class Coding { kIdentity, kGzip };

}  // namespace xplenty
