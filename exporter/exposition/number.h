#pragma once

#include <cstdint>
#include <string>

namespace xplenty {

// Appends a sample's value in the fewest digits that read back as the same double, whole values
// below 2^53 without an exponent; `NaN`, `+Inf`, `-Inf`. Independent of the locale.
void AppendNumber(double value, std::string& out);
void AppendNumber(uint64_t value, std::string& out);  // all of its digits

// Appends the value of an `le` or `quantile` label in the canonical form of OpenMetrics 1.0, which
// is Go's %g with ".0" after whole values: `0.001`, `1.0`, `86400.0`, `1e+06`, `+Inf`. Both text
// formats use it, so that a bucket is the same series in each.
void AppendBound(double value, std::string& out);

}  // namespace xplenty
