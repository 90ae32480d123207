#include "base/response_body.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace xplenty::response_body_test {
namespace {

TEST(ResponseBody, SharesStringsWithItsCopies) {
  const auto shared = std::make_shared<const std::string>("shared ");
  ResponseBody body;
  body.Append(shared);
  ResponseBody longer = body;
  longer.Append("more");
  EXPECT_EQ(body.ToString(), "shared ");
  EXPECT_EQ(body.size(), 7U);
  EXPECT_EQ(longer.ToString(), "shared more");
  EXPECT_EQ(longer.size(), 11U);
  EXPECT_EQ(body.parts().at(0), shared);
  EXPECT_EQ(longer.parts().at(0), shared);
}

TEST(ResponseBody, HasNoEmptyPart) {
  ResponseBody body("");
  body.Append("a");
  body.Append("");
  EXPECT_EQ(body.parts().size(), 1U);
  EXPECT_EQ(body.ToString(), "a");
}

}  // namespace
}  // namespace xplenty::response_body_test
