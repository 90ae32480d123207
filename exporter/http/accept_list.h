#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xplenty {

// One element of Accept or Accept-Encoding: `text/plain;version="0.0.4";q=0.5`.
struct AcceptElement {
  std::string_view value;                                            // text/plain
  std::vector<std::pair<std::string_view, std::string>> parameters;  // all but the weight, unquoted
  double weight = 1;                                                 // 0 to 1

  // The first of that name, which has no case.
  std::optional<std::string_view> Parameter(std::string_view name) const;
};

// The elements in their order; views into `list`. RFC 9110, sections 5.6 and 12.4.2, read
// leniently: parameters in any order, blanks anywhere, empty elements left out; a quote that is not
// closed is a character as any other; of two weights the first counts, one above 1 is 1, and a
// negative or unreadable one is 0.
std::vector<AcceptElement> ParseAcceptList(std::string_view list);

}  // namespace xplenty
