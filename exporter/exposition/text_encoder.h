#pragma once

#include <string>

#include <prometheus/metric_family.h>

namespace xplenty {

constexpr const char kTextContentType[] = "text/plain; version=0.0.4; charset=utf-8";

// Appends one family in the text format 0.0.4. A family without metrics leaves `out` as it is.
// The model names families as OpenMetrics does: a counter `x` is written `x_total` throughout (a
// name that ends so already is kept). A histogram's buckets are written as given, cumulative and
// ascending, with a +Inf bucket added when missing. Timestamps are not written. Names and label
// values must be valid UTF-8; names are not checked. Independent of the locale.
void AppendText(const prometheus::MetricFamily& family, std::string& out);

}  // namespace xplenty
