#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace xplenty {

constexpr size_t kMaxLabelBytes = 128;  // The longest value of a label.

// Makes a name fit to be the value of a label: CleanText() of at most kMaxLabelBytes. A name that
// is longer is cut, and ends in U+2026 and 8 hex digits of the SHA-256 of the whole name, so that
// names which begin with the same bytes stay distinct. Pure.
std::string LabelText(std::string_view name);

}  // namespace xplenty
