#include "base/timestamp.h"

#include <gtest/gtest.h>

namespace xplenty::timestamp_test {
namespace {

TEST(ParseIso8601, ReadsUtcOffsetsFractionsAndBlanks) {
  constexpr int64_t kExpected = 1772357400;  // date -u -d 2026-03-01T09:30:00Z +%s
  for (const char* text :
       {"2026-03-01T09:30:00Z", "2026-03-01T12:30:00+03:00", "2026-03-01T12:30:00+0300",
        "2026-03-01T12:30:00+03", "2026-03-01T04:00:00-05:30", "2026-03-01 09:30:00",
        "2026-03-01T09:30:00.999Z", "2026-03-01T09:30:00,5z", "2026-03-01t09:30:00z"}) {
    const auto time = ParseIso8601(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(ToUnix(*time), kExpected) << text;
  }
}

TEST(ParseIso8601, ReadsLeapSecondAsNextSecond) {
  EXPECT_EQ(ParseIso8601("2016-12-31T23:59:60Z"), ParseIso8601("2017-01-01T00:00:00Z"));
}

TEST(ParseIso8601, RefusesWhatIsNoDateTime) {
  for (const char* text :
       {"", "now", "2026-03-01", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T09:60:00Z", "2026-03-01T09:30Z",
        "2026-03-01T09:30:00.Z", "2026-03-01T09:30:00ZZ", "2026-03-01T09:30:00+3",
        "+2026-03-01T09:30:00Z", "2026-03-01T09:30:00+03:60"}) {
    EXPECT_FALSE(ParseIso8601(text)) << text;
  }
}

TEST(FormatIso8601, WritesWhatTheParserReads) {
  EXPECT_EQ(FormatIso8601(FromUnix(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatIso8601(FromUnix(1772357400)), "2026-03-01T09:30:00Z");
  EXPECT_EQ(FormatIso8601(FromUnix(-1)), "1969-12-31T23:59:59Z");
}

TEST(FormatHttpDate, WritesThePreferredForm) {
  EXPECT_EQ(FormatHttpDate(FromUnix(784111777)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(FormatHttpDate(FromUnix(-1)), "Wed, 31 Dec 1969 23:59:59 GMT");
  EXPECT_EQ(FormatHttpDate(FromUnix(1709251200)), "Fri, 01 Mar 2024 00:00:00 GMT");
}

}  // namespace
}  // namespace xplenty::timestamp_test
