#include "exposition/number.h"

#include <clocale>
#include <cstdlib>
#include <limits>
#include <locale>
#include <utility>

#include <gtest/gtest.h>

namespace xplenty::number_test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::string Number(double value) {
  std::string out;
  AppendNumber(value, out);
  return out;
}

std::string Bound(double value) {
  std::string out;
  AppendBound(value, out);
  return out;
}

TEST(AppendNumber, WritesWholeValuesAsIntegers) {
  EXPECT_EQ(Number(0), "0");
  EXPECT_EQ(Number(-7), "-7");
  EXPECT_EQ(Number(1'700'000'000), "1700000000");
  EXPECT_EQ(Number(9'007'199'254'740'991), "9007199254740991");
}

TEST(AppendNumber, NamesWhatIsNotANumber) {
  EXPECT_EQ(Number(kNaN), "NaN");
  EXPECT_EQ(Number(kInfinity), "+Inf");
  EXPECT_EQ(Number(-kInfinity), "-Inf");
}

TEST(AppendNumber, LosesNoBit) {
  EXPECT_EQ(Number(0.1), "0.1");
  EXPECT_EQ(Number(0.1 + 0.2), "0.30000000000000004");
  for (const double value :
       {1.0 / 3, 12345678901234567.0, 1e300, -2.5e-300, 1700000000.123, 9007199254740992.0,
        std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min()}) {
    EXPECT_EQ(std::strtod(Number(value).c_str(), nullptr), value) << Number(value);
  }
}

TEST(AppendNumber, AppendsToWhatIsThere) {
  std::string out = "x ";
  AppendNumber(1.5, out);
  EXPECT_EQ(out, "x 1.5");
}

TEST(AppendBound, WritesTheCanonicalFormOfOpenMetrics) {
  const std::pair<double, const char*> cases[] = {
      {0, "0.0"},
      {1, "1.0"},
      {-1, "-1.0"},
      {10, "10.0"},
      {0.001, "0.001"},
      {0.5, "0.5"},
      {2.5, "2.5"},
      {300, "300.0"},
      {86400, "86400.0"},
      {1e5, "100000.0"},
      {999999, "999999.0"},
      {999999.5, "999999.5"},
      {1e6, "1e+06"},
      {1e7, "1e+07"},
      {1234567, "1.234567e+06"},
      {2592000, "2.592e+06"},
      {0.0001, "0.0001"},
      {0.00001, "1e-05"},
      {0.000025, "2.5e-05"},
      {1e22, "1e+22"},
      {1e100, "1e+100"},
      {1.0 / 3, "0.3333333333333333"},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(Bound(value), text);
  EXPECT_EQ(Bound(kInfinity), "+Inf");
  EXPECT_EQ(Bound(-kInfinity), "-Inf");
  EXPECT_EQ(Bound(kNaN), "NaN");
}

// A locale that formats numbers as 1.234,5 and need not be installed.
class CommaPunctuation : public std::numpunct<char> {
 protected:
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(AppendNumber, IgnoresTheLocale) {
  const std::locale previous =
      std::locale::global(std::locale(std::locale::classic(), new CommaPunctuation));
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8"}) {
    if (std::setlocale(LC_ALL, name) != nullptr) break;
  }
  EXPECT_EQ(Number(1234567.5), "1234567.5");
  EXPECT_EQ(Number(1234567), "1234567");
  EXPECT_EQ(Bound(1234.5), "1234.5");
  std::setlocale(LC_ALL, "C");
  std::locale::global(previous);
}

}  // namespace
}  // namespace xplenty::number_test
