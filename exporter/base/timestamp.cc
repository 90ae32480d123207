#include "base/timestamp.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace xplenty {
namespace {

namespace chrono = std::chrono;

// Reads a text from the left. Each function either consumes what it names or consumes nothing.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool Done() const { return text_.empty(); }

  bool Take(char expected) {
    if (text_.empty() || text_.front() != expected) return false;
    text_.remove_prefix(1);
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

  // Skips a fraction after a point or comma, if any. Returns false for a point without a digit.
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

// Reads "hh:mm:ss", where a leap second is 60.
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

std::tm Utc(Timestamp time) {
  const std::time_t seconds = ToUnix(time);
  std::tm fields{};
  gmtime_r(&seconds, &fields);
  return fields;
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
  const std::tm fields = Utc(time);
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02dZ",
                                 fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday,
                                 fields.tm_hour, fields.tm_min, fields.tm_sec);
  return {text.data(), static_cast<size_t>(size)};
}

std::string FormatHttpDate(Timestamp time) {
  const std::tm fields = Utc(time);
  std::array<char, 64> text{};
  const size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &fields);
  return {text.data(), size};
}

}  // namespace xplenty
