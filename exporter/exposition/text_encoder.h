#pragma once

#include <string>
#include <string_view>

#include "exposition/metric_family.h"

namespace xplenty {

// They append one family: what is said of it, then its samples; nothing for one without metrics. A
// counter `x` is written `x_total`, whether or not its name ends so already. A histogram's buckets
// are written as given, cumulative and ascending, with a +Inf bucket added when missing. Sample
// timestamps are not written. Names and label values must be valid UTF-8; names are not checked.
// Independent of the locale. A sample is the same series in both.

// The text format 0.0.4, where exemplars and creation times have no place.
void AppendTextHeader(const MetricFamily& family, std::string& out);
void AppendTextSamples(const MetricFamily& family, std::string& out);

// OpenMetrics 1.0.0: TYPE, UNIT and HELP name the family without `_total`; the unit is the one the
// name ends with. An exemplar whose labels are longer than 128 characters is left out.
void AppendOpenMetricsHeader(const MetricFamily& family, std::string& out);
void AppendOpenMetricsSamples(const MetricFamily& family, std::string& out);

// Must be the last line of an OpenMetrics exposition.
constexpr std::string_view kOpenMetricsEnd = "# EOF\n";

}  // namespace xplenty
