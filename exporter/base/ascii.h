#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace xplenty {

// Text as HTTP and URLs define it: letters are ASCII, in any locale. Pure.

// The lower case of an ASCII letter, any other character as it is.
constexpr char LowerAscii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// True if both are equal except for the case of ASCII letters.
constexpr bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return LowerAscii(x) == LowerAscii(y); });
}

// The blanks of a header field (RFC 9110, section 5.6.3), and those with the ends of lines.
inline constexpr std::string_view kBlanks = " \t";
inline constexpr std::string_view kBlanksAndLineEnds = " \t\r\n";

// Returns the text without the blanks at both of its ends.
constexpr std::string_view TrimBlanks(std::string_view text, std::string_view blanks = kBlanks) {
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

// Takes the part before the first `separator` off the front of `rest`, and returns it trimmed.
constexpr std::string_view TakeUntil(std::string_view& rest, char separator) {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return TrimBlanks(part);
}

// Encodes a text so that it may stand in any part of a URL: all but the unreserved characters
// (RFC 3986, section 2.3) become %XX.
std::string PercentEncode(std::string_view text);

}  // namespace xplenty
