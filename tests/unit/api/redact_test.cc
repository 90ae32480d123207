#include "api/redact.h"

#include <gtest/gtest.h>

namespace xplenty::redact_test {
namespace {

TEST(Redact, ReplacesEachSecret) {
  EXPECT_EQ(Redact("a key, the key", {"key", ""}), "a <redacted>, the <redacted>");
  EXPECT_EQ(Redact("nothing", {}), "nothing");
}

TEST(Redact, ReplacesTheUserPartOfUrls) {
  EXPECT_EQ(Redact("via 'http://ann:p@ss@proxy:80' and https://x/y@z", {}),
            "via 'http://<redacted>@proxy:80' and https://<redacted>@z");
  EXPECT_EQ(Redact("http://proxy ann@x //", {}), "http://proxy ann@x //");
}

TEST(Redact, ReadsEachWordOnce) {
  const std::string slashes(4'000'000, '/');  // a quadratic search would take hours
  EXPECT_EQ(Redact(slashes, {}), slashes);
}

TEST(Base64, EncodesTheExamplesOfRfc4648) {
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("fo"), "Zm8=");
  EXPECT_EQ(Base64("foo"), "Zm9v");
  EXPECT_EQ(Base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64("\xFF\xFE"), "//4=");
}

}  // namespace
}  // namespace xplenty::redact_test
