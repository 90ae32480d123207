#include "base/duration.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

namespace xplenty {
namespace {

struct Unit {
  std::string_view name;
  int64_t milliseconds{};
};

constexpr std::array<Unit, 7> kUnits = {{{"y", 365LL * 24 * 3600 * 1000},
                                         {"w", 7LL * 24 * 3600 * 1000},
                                         {"d", 24LL * 3600 * 1000},
                                         {"h", 3600LL * 1000},
                                         {"m", 60LL * 1000},
                                         {"s", 1000},
                                         {"ms", 1}}};

}  // namespace

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds(0);
  if (text.empty()) return std::nullopt;
  constexpr int64_t kMax =
      std::numeric_limits<int64_t>::max() / 1'000'000;  // so that nanoseconds fit
  int64_t total = 0;
  size_t next_unit = 0;
  while (!text.empty()) {
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0 || text.front() == '-') return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    const std::string_view name = text.substr(0, text.find_first_of("0123456789"));
    while (next_unit < kUnits.size() && kUnits[next_unit].name != name) ++next_unit;
    if (next_unit == kUnits.size()) return std::nullopt;
    const int64_t unit = kUnits[next_unit++].milliseconds;
    if (number > (kMax - total) / unit) return std::nullopt;
    total += number * unit;
    text.remove_prefix(name.size());
  }
  return std::chrono::milliseconds(total);
}

std::string FormatDuration(std::chrono::milliseconds duration) {
  int64_t rest = duration.count();
  if (rest == 0) return "0s";
  std::string text;
  for (const Unit& unit : kUnits) {
    if (unit.name == "y" || unit.name == "w") {
      if (rest % unit.milliseconds != 0) continue;  // 8d reads better than 1w1d
    }
    if (const int64_t count = rest / unit.milliseconds; count > 0) {
      text += std::to_string(count) + std::string(unit.name);
      rest %= unit.milliseconds;
    }
  }
  return text;
}

}  // namespace xplenty
