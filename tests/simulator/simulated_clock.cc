#include "simulator/simulated_clock.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace xplenty::simulator {

namespace chrono = std::chrono;

Timestamp SimulatedClock::Now() const {
  const chrono::duration<double> real = real_.Steady() - base_real_;
  return base_ + chrono::floor<chrono::seconds>(real * speed_);
}

void SimulatedClock::Set(Timestamp now) {
  base_ = now;
  base_real_ = real_.Steady();
}

void SimulatedClock::SetSpeed(double speed) {
  Set(Now());
  speed_ = speed;
}

std::string FormatHttpDate(Timestamp time) {
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto days = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(days);
  const chrono::hh_mm_ss clock(time - days);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[chrono::weekday(days).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace xplenty::simulator
