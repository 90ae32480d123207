#include "http/scrape_deadline.h"

#include <gtest/gtest.h>

namespace xplenty::scrape_deadline_test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kOffset(500);

TEST(ScrapeTimeout, IsTheHeaderLessTheOffset) {
  EXPECT_EQ(ScrapeTimeout("10", kOffset), milliseconds(9'500));
  EXPECT_EQ(ScrapeTimeout("1.5", kOffset), milliseconds(1'000));
  EXPECT_EQ(ScrapeTimeout("0.75", kOffset), milliseconds(250));
  EXPECT_EQ(ScrapeTimeout("1e1", kOffset), milliseconds(9'500));
  EXPECT_EQ(ScrapeTimeout(" 10 ", kOffset), milliseconds(9'500));
  EXPECT_EQ(ScrapeTimeout("10", milliseconds(0)), milliseconds(10'000));
}

TEST(ScrapeTimeout, IsNeverNegative) {
  EXPECT_EQ(ScrapeTimeout("0.5", kOffset), milliseconds(0));
  EXPECT_EQ(ScrapeTimeout("0.001", kOffset), milliseconds(0));
}

TEST(ScrapeTimeout, IsADayAtMost) {
  EXPECT_EQ(ScrapeTimeout("1e300", milliseconds(0)), std::chrono::hours(24));
}

TEST(ScrapeTimeout, DefaultsToTenSeconds) {
  EXPECT_EQ(ScrapeTimeout(std::nullopt, kOffset), milliseconds(10'000));
  for (const char* header :
       {"", " ", "abc", "10s", "0", "-1", "-0", "NaN", "nan", "Inf", "+Inf", "1e999", "1 0"}) {
    EXPECT_EQ(ScrapeTimeout(header, kOffset), milliseconds(10'000)) << header;
  }
}

}  // namespace
}  // namespace xplenty::scrape_deadline_test
