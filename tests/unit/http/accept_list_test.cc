#include "http/accept_list.h"

#include <gtest/gtest.h>

namespace xplenty::accept_list_test {
namespace {

// The elements as "value;name=value;... q", one on each line.
std::string Parsed(std::string_view list) {
  std::string out;
  for (const AcceptElement& element : ParseAcceptList(list)) {
    out += element.value;
    for (const auto& [name, value] : element.parameters)
      out.append(";").append(name) += "=" + value;
    out += " " + std::to_string(element.weight).substr(0, 5) + "\n";
  }
  return out;
}

TEST(AcceptList, HasItsElementsInTheirOrder) {
  EXPECT_EQ(Parsed("a/b;q=0.5, c/*,*/*;q=0.125"), "a/b 0.500\nc/* 1.000\n*/* 0.125\n");
}

TEST(AcceptList, LeavesOutEmptyElements) {
  EXPECT_EQ(Parsed(""), "");
  EXPECT_EQ(Parsed(" , ,, ;q=1,"), "");
  EXPECT_EQ(Parsed(",a,"), "a 1.000\n");
}

TEST(AcceptList, ToleratesBlanksAroundEverything) {
  EXPECT_EQ(Parsed(" a/b ;\tversion = 1 ; q\t=\t0.5\t,\tc "), "a/b;version=1 0.500\nc 1.000\n");
}

TEST(AcceptList, ReadsParametersAroundTheWeight) {
  EXPECT_EQ(Parsed("a;x=1;q=0.5;y=2"), "a;x=1;y=2 0.500\n");
  EXPECT_EQ(Parsed("a;q=0.5;x"), "a;x= 0.500\n");
}

TEST(AcceptList, ReadsQuotedStrings) {
  EXPECT_EQ(Parsed(R"(a;x="1,2;q=0";q=0.5,b)"), "a;x=1,2;q=0 0.500\nb 1.000\n");
  EXPECT_EQ(Parsed(R"(a;x="say \"hi\"\\")"), "a;x=say \"hi\"\\ 1.000\n");
  EXPECT_EQ(Parsed(R"(a;x="";q="0.5")"), "a;x= 0.500\n");
}

TEST(AcceptList, UnclosedQuoteIsACharacter) {
  EXPECT_EQ(Parsed(R"(a;x="1,b;q=0.5)"), "a;x=\"1 1.000\nb 0.500\n");
  EXPECT_EQ(Parsed(R"(a;x="1\",b)"), "a;x=\"1\\\" 1.000\nb 1.000\n");
}

TEST(AcceptList, ClampsWeights) {
  EXPECT_EQ(Parsed("a;q=2,b;q=-1,c;q=nan,d;q=inf,e;q=,f;q=high,g;q=0.5x,h;q=1e9"),
            "a 1.000\nb 0.000\nc 0.000\nd 1.000\ne 0.000\nf 0.000\ng 0.000\nh 1.000\n");
}

TEST(AcceptList, TakesTheFirstOfTwoWeights) {
  EXPECT_EQ(Parsed("a;q=0.5;q=1"), "a 0.500\n");
}

TEST(AcceptList, FindsAParameterWhateverItsCase) {
  const auto elements = ParseAcceptList("a;Version=1;version=2");
  ASSERT_EQ(elements.size(), 1U);
  EXPECT_EQ(elements[0].Parameter("VERSION"), "1");
  EXPECT_EQ(elements[0].Parameter("charset"), std::nullopt);
}

}  // namespace
}  // namespace xplenty::accept_list_test
