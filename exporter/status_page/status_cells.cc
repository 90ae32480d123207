#include "status_page/status_cells.h"

#include <algorithm>
#include <array>

#include "base/timestamp.h"

namespace xplenty {
namespace {

using std::chrono::seconds;

seconds Between(WallTime earlier, WallTime later) {
  return std::chrono::floor<seconds>(later - earlier);
}

Html Time(WallTime time, std::string_view kind, const std::string& text) {
  const std::string iso = FormatIso8601(std::chrono::floor<seconds>(time));
  return Html::Element("time", {{"datetime", iso}, {"title", iso}, {"class", kind}},
                       Html::Text(text));
}

}  // namespace

std::string RoughDuration(seconds duration) {
  struct Unit {
    seconds length;
    char name;
  };
  constexpr std::array<Unit, 4> kUnits = {
      {{seconds(86'400), 'd'}, {seconds(3'600), 'h'}, {seconds(60), 'm'}, {seconds(1), 's'}}};
  const seconds left = std::max(duration, seconds(0));
  size_t unit = 0;
  while (unit + 1 < kUnits.size() && left < kUnits[unit].length) ++unit;
  const auto part = [](int64_t count, const Unit& of) { return std::to_string(count) + of.name; };
  std::string text = part(left / kUnits[unit].length, kUnits[unit]);
  if (unit + 1 == kUnits.size()) return text;
  const int64_t rest = (left % kUnits[unit].length) / kUnits[unit + 1].length;
  return rest == 0 ? text : text + ' ' + part(rest, kUnits[unit + 1]);
}

std::string GroupedNumber(int64_t number) {
  std::string digits = std::to_string(number);
  const size_t first = number < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

Html TimeAgo(WallTime time, WallTime now) {
  return Time(time, "past", RoughDuration(Between(time, now)) + " ago");
}

Html TimeAgoOr(std::optional<WallTime> time, WallTime now, const char* absent) {
  return time ? TimeAgo(*time, now) : Html::Text(absent);
}

Html TimeAhead(WallTime time, WallTime now) {
  if (time < now) return Time(time, "late", "late by " + RoughDuration(Between(time, now)));
  return Time(time, "ahead", "in " + RoughDuration(Between(now, time)));
}

Html OutcomeBadge(JobStatus status) {
  const std::string_view name = ToString(status);
  return Html::Element("span", {{"class", "badge " + std::string(name)}}, Html::Text(name));
}

Html ApiBadge(bool up) {
  return Html::Element("span", {{"class", up ? "badge up" : "badge down"}},
                       Html::Text(up ? "reachable" : "not reachable"));
}

}  // namespace xplenty
