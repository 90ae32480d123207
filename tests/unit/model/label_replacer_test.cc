#include "model/label_replacer.h"

#include <utility>

#include <gtest/gtest.h>

namespace xplenty::label_replacer_test {
namespace {

using Rules = std::vector<std::pair<std::string, std::string>>;

LabelReplacer Replacer(const Rules& rules) {
  LabelReplacer replacer;
  for (const auto& [match, with] : rules) {
    const Status added = replacer.Add(match, with);
    EXPECT_TRUE(added) << added.error().message;
  }
  return replacer;
}

std::string Replaced(const Rules& rules, const std::string& value) {
  return Replacer(rules).Apply(value);
}

std::string ErrorOf(const std::string& match, const std::string& with) {
  const Status added = LabelReplacer().Add(match, with);
  return added ? "accepted" : added.error().message;
}

TEST(LabelReplacer, WithoutRulesChangesNothing) {
  EXPECT_TRUE(LabelReplacer().empty());
  EXPECT_EQ(LabelReplacer().Apply("a\\1$1"), "a\\1$1");
}

TEST(LabelReplacer, MatchesWholeValues) {
  EXPECT_EQ(Replaced({{"Test", "x"}}, "Daily Test"), "Daily Test");
  EXPECT_EQ(Replaced({{"Daily", "x"}}, "Daily Test"), "Daily Test");
  EXPECT_EQ(Replaced({{"a|Daily Test", "x"}}, "Daily Test"), "x");
  EXPECT_EQ(Replaced({{"größe .", "x"}}, "größe é"), "x") << "a character is not a byte";
}

TEST(LabelReplacer, FirstMatchingRuleApplies) {
  const Rules rules = {{"(.*) #\\d+", "$1"}, {"Daily .*", "daily"}, {".*", "rest"}};
  EXPECT_EQ(Replaced(rules, "Daily Test #100"), "Daily Test") << "no other rule sees the result";
  EXPECT_EQ(Replaced(rules, "Daily Test"), "daily");
  EXPECT_EQ(Replaced(rules, "cyan-wave-764"), "rest");
}

TEST(LabelReplacer, TextTakesInGroups) {
  EXPECT_EQ(Replaced({{"(a)(b)(c)(d)(e)(f)(g)(h)(i)", "$9$1$10 $0"}}, "abcdefghi"),
            "iaa0 abcdefghi");
  EXPECT_EQ(Replaced({{"(\\w+)-.*", "$$1 \\1 $1"}}, "cyan-wave"), "$1 \\1 cyan");
  EXPECT_EQ(Replaced({{"a(b)?", "<$1>"}}, "a"), "<>") << "a group without a match is empty";
  EXPECT_EQ(Replaced({{"(?P<name>a)", "$1"}}, "a"), "a");
}

TEST(LabelReplacer, ResultMayBeEmpty) {
  EXPECT_EQ(Replaced({{".*", ""}}, "cyan-wave-764"), "");
  EXPECT_EQ(Replaced({{"unknown|", "none"}}, ""), "none");
}

TEST(LabelReplacer, ResultIsALabelText) {
  EXPECT_EQ(Replaced({{"(\\C)\\C*", "$1\n"}}, "é"), "\uFFFD\uFFFD");
  const std::string longer(200, 'x');
  EXPECT_EQ(Replaced({{"a", longer}}, "a").size(), 128U);
  EXPECT_NE(Replaced({{"a(.)", longer + "$1"}}, "a1"), Replaced({{"a(.)", longer + "$1"}}, "a2"));
}

TEST(LabelReplacer, RefusesWrongExpressions) {
  EXPECT_EQ(ErrorOf("", ""), "an RE2 expression is expected");
  EXPECT_EQ(ErrorOf("(", ""), "\"(\" is not an RE2 expression: missing ): (");
  EXPECT_NE(ErrorOf("(a)\\1", ""), "accepted");
  EXPECT_NE(ErrorOf("((a{100}){100}){100}", ""), "accepted");
}

TEST(LabelReplacer, RefusesWrongTexts) {
  EXPECT_EQ(ErrorOf("(a)", "$1 $2"), "\"$1 $2\": $2 is a group that the expression does not have");
  EXPECT_EQ(ErrorOf("(?:a)", "$1"), "\"$1\": $1 is a group that the expression does not have");
  for (const char* const with : {"$", "a$", "$a", "${1}", "$$$"}) {
    EXPECT_EQ(ErrorOf("(a)", with),
              "\"" + std::string(with) +
                  "\": $ stands before the digit of a group, or twice for a dollar");
  }
}

TEST(LabelReplacer, EqualsByItsRules) {
  EXPECT_EQ(Replacer({{"a", "b"}}), Replacer({{"a", "b"}}));
  EXPECT_NE(Replacer({{"a", "b"}}), Replacer({{"a", "c"}}));
  EXPECT_NE(Replacer({{"a", "b"}, {"c", "d"}}), Replacer({{"c", "d"}, {"a", "b"}}));
  EXPECT_NE(Replacer({{"a", "b"}}), LabelReplacer());
}

}  // namespace
}  // namespace xplenty::label_replacer_test
