#include "base/utf8.h"

#include <gtest/gtest.h>

namespace xplenty::utf8_test {
namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";

TEST(CleanText, KeepsPrintableTextAsItIs) {
  const std::string text = "sales \"daily\" \\ übung 日本 \xF0\x9F\x9A\x80";
  EXPECT_EQ(CleanText(text, 128), text);
}

TEST(CleanText, ReplacesEachControlCharacter) {
  const std::string text("a\nb\0c\x7F", 6);
  EXPECT_EQ(CleanText(text, 128),
            std::string("a") + kReplacement + "b" + kReplacement + "c" + kReplacement);
  EXPECT_EQ(CleanText("\xC2\x85", 128), kReplacement);  // NEL, a C1 control
  EXPECT_EQ(CleanText("\xC2\xA0", 128), "\xC2\xA0");    // no-break space, not a control
}

TEST(CleanText, ReplacesWhatIsNotUtf8) {
  for (const char* bad : {"\x80", "\xC0", "\xFF", "\xE2"}) {
    EXPECT_EQ(CleanText(bad, 128), kReplacement) << static_cast<int>(*bad);
  }
  EXPECT_EQ(CleanText("\xED\xA0\x80", 128),
            std::string(kReplacement) + kReplacement + kReplacement);
  EXPECT_EQ(CleanText("\xC1\xBF", 128), std::string(kReplacement) + kReplacement);
}

TEST(CleanText, CutsBetweenCharacters) {
  EXPECT_EQ(CleanText(std::string(127, 'a') + "ü", 128), std::string(127, 'a'));
  EXPECT_EQ(CleanText(std::string(126, 'a') + "ü", 128), std::string(126, 'a') + "ü");
}

}  // namespace
}  // namespace xplenty::utf8_test
