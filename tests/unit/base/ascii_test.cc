#include "base/ascii.h"

#include <gtest/gtest.h>

namespace xplenty::ascii_test {
namespace {

TEST(PercentEncode, KeepsTheUnreservedCharactersOnly) {
  const std::string unreserved = "AZaz09-._~";
  EXPECT_EQ(PercentEncode(unreserved), unreserved);
  EXPECT_EQ(PercentEncode("a/b?c d%+&"), "a%2Fb%3Fc%20d%25%2B%26");
  EXPECT_EQ(PercentEncode("\xC3\xA9\n"), "%C3%A9%0A");
}

}  // namespace
}  // namespace xplenty::ascii_test
