#include "base/label_text.h"

#include <gtest/gtest.h>

namespace xplenty::label_text_test {
namespace {

std::string Repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

TEST(LabelText, KeepsNamesThatFit) {
  EXPECT_EQ(LabelText(""), "");
  EXPECT_EQ(LabelText(std::string(128, 'x')), std::string(128, 'x'));
  EXPECT_EQ(LabelText(Repeated("é", 64)), Repeated("é", 64));
  EXPECT_EQ(LabelText("a\nb"), "a\uFFFDb");
}

// The digits are those of `printf %s NAME | sha256sum`.
TEST(LabelText, LongNamesEndInADigest) {
  EXPECT_EQ(LabelText(std::string(300, 'x')), std::string(117, 'x') + "…0d4e2ca9");
  EXPECT_EQ(LabelText(std::string(129, 'x')).size(), 128U);
}

TEST(LabelText, NamesThatBeginAlikeDiffer) {
  const std::string begin(128, 'x');
  EXPECT_NE(LabelText(begin + "1"), LabelText(begin + "2"));
  EXPECT_NE(LabelText(begin), LabelText(begin + "1"));
}

TEST(LabelText, CutsBetweenCharacters) {
  EXPECT_EQ(LabelText(Repeated("é", 65)).substr(0, 119), Repeated("é", 58) + "…");
  EXPECT_EQ(LabelText(std::string(127, 'x') + "🚀").substr(117, 3), "…");
}

// Each zero byte becomes a character of three bytes.
TEST(LabelText, CountsCleanedBytes) {
  EXPECT_EQ(LabelText(std::string(42, '\0')).size(), 126U);
  EXPECT_EQ(LabelText(std::string(43, '\0')).substr(117, 3), "…");
  EXPECT_NE(LabelText(std::string(43, '\0')), LabelText(std::string(44, '\0')));
}

}  // namespace
}  // namespace xplenty::label_text_test
