#include "exposition/number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace xplenty {
namespace {

// The longest shortest form of a double is 24 characters; fixed notation is asked for small
// exponents alone, which adds no more than "0.000".
using Digits = std::array<char, 40>;

bool AppendSpecial(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    return false;
  }
  return true;
}

template <typename... Format>
std::string_view Print(Digits& digits, Format... format) {
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), format...);
  return {digits.data(), static_cast<size_t>(end - digits.data())};
}

// Of a number in scientific notation: the 6 of "1.5e+06".
int ExponentOf(std::string_view scientific) {
  std::string_view text = scientific.substr(scientific.find('e') + 1);
  if (text.front() == '+') text.remove_prefix(1);
  int exponent = 0;
  std::from_chars(text.data(), text.data() + text.size(), exponent);
  return exponent;
}

}  // namespace

void AppendNumber(double value, std::string& out) {
  if (AppendSpecial(value, out)) return;
  constexpr double kExactLimit = 9007199254740992.0;  // 2^53
  Digits digits{};
  if (std::fabs(value) < kExactLimit && std::trunc(value) == value) {
    out += Print(digits, static_cast<int64_t>(value));
  } else {
    out += Print(digits, value);
  }
}

void AppendNumber(uint64_t value, std::string& out) {
  Digits digits{};
  out += Print(digits, value);
}

void AppendBound(double value, std::string& out) {
  if (AppendSpecial(value, out)) return;
  Digits digits{};
  std::string_view text = Print(digits, value, std::chars_format::scientific);
  // Go's strconv: the shortest %g takes an exponent below -4 and from 6 upwards.
  if (const int exponent = ExponentOf(text); exponent >= -4 && exponent < 6) {
    text = Print(digits, value, std::chars_format::fixed);
  }
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

}  // namespace xplenty
