#pragma once

#include <string>
#include <string_view>

#include "exposition/metric_family.h"

namespace xplenty {

// What OpenMetrics calls the family: a counter's name without `_total`.
std::string_view FamilyName(const MetricFamily& family);

// What the other formats call it: a counter's name with `_total`.
std::string SampleName(const MetricFamily& family);

// The base unit (seconds, bytes, ratio) that a family's name ends with; empty if none.
std::string_view UnitOf(std::string_view family_name);

}  // namespace xplenty
