#include "base/duration.h"

#include <gtest/gtest.h>

namespace xplenty::duration_test {
namespace {

using std::chrono::milliseconds;

TEST(ParseDuration, ReadsTheNotationOfPrometheus) {
  EXPECT_EQ(ParseDuration("0"), milliseconds(0));
  EXPECT_EQ(ParseDuration("0s"), milliseconds(0));
  EXPECT_EQ(ParseDuration("500ms"), milliseconds(500));
  EXPECT_EQ(ParseDuration("15s"), milliseconds(15'000));
  EXPECT_EQ(ParseDuration("1h30m"), milliseconds(5'400'000));
  EXPECT_EQ(ParseDuration("7d"), milliseconds(604'800'000));
  EXPECT_EQ(ParseDuration("1w"), ParseDuration("7d"));
  EXPECT_EQ(ParseDuration("1y"), ParseDuration("365d"));
  EXPECT_EQ(ParseDuration("1d2h3m4s5ms"), milliseconds(93'784'005));
}

TEST(ParseDuration, RefusesEverythingElse) {
  for (const char* text : {"", "s", "15", "-1s", "1.5s", "1s ", " 1s", "1m1h", "1s1s", "1x", "1S",
                           "99999999999999999999s", "300y"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
}

TEST(FormatDuration, WritesWhatTheParserReads) {
  for (const char* text : {"0s", "10s", "500ms", "1m30s", "24h", "7d", "1d12h", "15m"}) {
    const auto duration = ParseDuration(text);
    ASSERT_TRUE(duration) << text;
    EXPECT_EQ(ParseDuration(FormatDuration(*duration)), duration) << text;
  }
  EXPECT_EQ(FormatDuration(milliseconds(90'000)), "1m30s");
  EXPECT_EQ(FormatDuration(milliseconds(0)), "0s");
}

}  // namespace
}  // namespace xplenty::duration_test
