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

  // Returns the first parameter of that name, without regard to case.
  std::optional<std::string_view> Parameter(std::string_view name) const;
};

// Parses the header's elements in order; the results are views into `list`. Reads RFC 9110,
// sections 5.6 and 12.4.2, leniently: parameters in any order, blanks anywhere, empty elements
// skipped. An unclosed quote is an ordinary character. The first of two weights counts; a weight
// above 1 is 1, a negative or unreadable one is 0.
std::vector<AcceptElement> ParseAcceptList(std::string_view list);

}  // namespace xplenty
