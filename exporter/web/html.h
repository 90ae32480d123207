#pragma once

#include <string>
#include <string_view>

namespace xplenty {

// `text` as it may stand in an element or in a quoted attribute of HTML.
std::string EscapeHtml(std::string_view text);

}  // namespace xplenty
