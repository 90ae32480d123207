#pragma once

#include <string_view>

namespace xplenty {

// The files of assets/, as they were when this was built.
extern const std::string_view kStatusCss;
extern const std::string_view kStatusJs;

}  // namespace xplenty
