#include "base/timestamp.h"

#include <array>

namespace xplenty {
namespace {

namespace chrono = std::chrono;

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

// Reads text from the left; every Take either consumes what it names or leaves all as it was.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool Done() const { return text_.empty(); }

  bool Take(char expected) {
    if (text_.empty() || text_.front() != expected) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool Take(std::string_view expected) {
    if (!text_.starts_with(expected)) return false;
    text_.remove_prefix(expected.size());
    return true;
  }

  std::optional<int> Digits(size_t count) {
    if (text_.size() < count) return std::nullopt;
    int value = 0;
    for (const char c : text_.substr(0, count)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    text_.remove_prefix(count);
    return value;
  }

  // A decimal fraction after a point or comma; false if there is a point but no digit.
  bool SkipFraction() {
    if (!Take('.') && !Take(',')) return true;
    if (!Digits(1)) return false;
    while (Digits(1)) {
    }
    return true;
  }

 private:
  std::string_view text_;
};

std::optional<chrono::sys_days> Date(int year, int month, int day) {
  const chrono::year_month_day date{chrono::year(year), chrono::month(static_cast<unsigned>(month)),
                                    chrono::day(static_cast<unsigned>(day))};
  if (year < 1 || !date.ok()) return std::nullopt;
  return chrono::sys_days(date);
}

// "hh:mm:ss"; 60 is a leap second and reads as the following one.
std::optional<chrono::seconds> TimeOfDay(Scanner& in) {
  const auto hour = in.Digits(2);
  if (!hour || !in.Take(':')) return std::nullopt;
  const auto minute = in.Digits(2);
  if (!minute || !in.Take(':')) return std::nullopt;
  const auto second = in.Digits(2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return chrono::hours(*hour) + chrono::minutes(*minute) + chrono::seconds(*second);
}

std::optional<chrono::seconds> Zone(Scanner& in) {
  if (in.Done() || in.Take('Z') || in.Take('z')) return chrono::seconds(0);
  const bool west = in.Take('-');
  if (!west && !in.Take('+')) return std::nullopt;
  const auto hour = in.Digits(2);
  if (!hour || *hour > 23) return std::nullopt;
  int minute = 0;
  if (!in.Done()) {
    in.Take(':');
    const auto digits = in.Digits(2);
    if (!digits || *digits > 59) return std::nullopt;
    minute = *digits;
  }
  const chrono::seconds offset = chrono::hours(*hour) + chrono::minutes(minute);
  return west ? -offset : offset;
}

void AppendDigits(int64_t value, size_t width, std::string& text) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) text.append(width - digits.size(), '0');
  text += digits;
}

// "hh:mm:ss".
void AppendTimeOfDay(chrono::seconds since_midnight, std::string& text) {
  const chrono::hh_mm_ss clock(since_midnight);
  AppendDigits(clock.hours().count(), 2, text);
  AppendDigits(clock.minutes().count(), 2, text += ':');
  AppendDigits(clock.seconds().count(), 2, text += ':');
}

}  // namespace

std::optional<Timestamp> ParseIso8601(std::string_view text) {
  Scanner in(text);
  const auto year = in.Digits(4);
  if (!year || !in.Take('-')) return std::nullopt;
  const auto month = in.Digits(2);
  if (!month || !in.Take('-')) return std::nullopt;
  const auto day = in.Digits(2);
  if (!day) return std::nullopt;
  const auto date = Date(*year, *month, *day);
  if (!date || !(in.Take('T') || in.Take('t') || in.Take(' '))) return std::nullopt;
  const auto time = TimeOfDay(in);
  if (!time || !in.SkipFraction()) return std::nullopt;
  in.Take(' ');
  const auto zone = Zone(in);
  if (!zone || !in.Done()) return std::nullopt;
  return *date + *time - *zone;
}

std::string FormatIso8601(Timestamp time) {
  const auto days = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(days);
  std::string text;
  AppendDigits(static_cast<int>(date.year()), 4, text);
  AppendDigits(static_cast<unsigned>(date.month()), 2, text += '-');
  AppendDigits(static_cast<unsigned>(date.day()), 2, text += '-');
  AppendTimeOfDay(time - days, text += 'T');
  return text += 'Z';
}

std::optional<Timestamp> ParseHttpDate(std::string_view text) {
  const size_t comma = text.find(", ");
  if (comma != 3) return std::nullopt;
  Scanner in(text.substr(comma + 2));
  const auto day = in.Digits(2);
  if (!day || !in.Take(' ')) return std::nullopt;
  int month = 0;
  for (int i = 0; i < 12 && month == 0; ++i) {
    if (in.Take(kMonths[static_cast<size_t>(i)])) month = i + 1;
  }
  if (month == 0 || !in.Take(' ')) return std::nullopt;
  const auto year = in.Digits(4);
  if (!year || !in.Take(' ')) return std::nullopt;
  const auto time = TimeOfDay(in);
  const auto date = Date(*year, month, *day);
  if (!time || !date || !in.Take(" GMT") || !in.Done()) return std::nullopt;
  return *date + *time;
}

std::string FormatHttpDate(Timestamp time) {
  const auto days = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(days);
  std::string text(kDays[chrono::weekday(days).c_encoding()]);
  AppendDigits(static_cast<unsigned>(date.day()), 2, text += ", ");
  text.append(" ").append(kMonths[static_cast<unsigned>(date.month()) - 1]);
  AppendDigits(static_cast<int>(date.year()), 4, text += ' ');
  AppendTimeOfDay(time - days, text += ' ');
  return text += " GMT";
}

}  // namespace xplenty
