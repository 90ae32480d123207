#include "http/scrape_deadline.h"

#include <gtest/gtest.h>

namespace xplenty::scrape_deadline_test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kOffset(500);
constexpr milliseconds kWithoutHeader(2'500);

TEST(ScrapeTimeout, IsTheHeaderLessTheOffset) {
  EXPECT_EQ(ScrapeTimeout("10", kOffset, kWithoutHeader), milliseconds(9'500));
  EXPECT_EQ(ScrapeTimeout("1.5", kOffset, kWithoutHeader), milliseconds(1'000));
  EXPECT_EQ(ScrapeTimeout("0.75", kOffset, kWithoutHeader), milliseconds(250));
  EXPECT_EQ(ScrapeTimeout("1e1", kOffset, kWithoutHeader), milliseconds(9'500));
  EXPECT_EQ(ScrapeTimeout(" 10 ", kOffset, kWithoutHeader), milliseconds(9'500));
  EXPECT_EQ(ScrapeTimeout("10", milliseconds(0), kWithoutHeader), milliseconds(10'000));
}

TEST(ScrapeTimeout, IsNeverNegative) {
  EXPECT_EQ(ScrapeTimeout("0.5", kOffset, kWithoutHeader), milliseconds(0));
  EXPECT_EQ(ScrapeTimeout("0.001", kOffset, kWithoutHeader), milliseconds(0));
}

TEST(ScrapeTimeout, IsADayAtMost) {
  EXPECT_EQ(ScrapeTimeout("1e300", milliseconds(0), kWithoutHeader), std::chrono::hours(24));
}

TEST(ScrapeTimeout, HasADefaultWithoutAUsableHeader) {
  EXPECT_EQ(ScrapeTimeout(std::nullopt, kOffset, kWithoutHeader), kWithoutHeader);
  for (const char* header :
       {"", " ", "abc", "10s", "0", "-1", "-0", "NaN", "nan", "Inf", "+Inf", "1e999", "1 0"}) {
    EXPECT_EQ(ScrapeTimeout(header, kOffset, kWithoutHeader), kWithoutHeader) << header;
  }
}

}  // namespace
}  // namespace xplenty::scrape_deadline_test
