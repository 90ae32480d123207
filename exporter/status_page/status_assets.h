#pragma once

#include <string_view>

namespace xplenty {

// The content of the files of assets/ when the program was built.
extern const std::string_view kStatusCss;
extern const std::string_view kStatusJs;

}  // namespace xplenty
