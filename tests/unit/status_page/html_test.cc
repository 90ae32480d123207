#include "status_page/html.h"

#include <gtest/gtest.h>

namespace xplenty::html_test {
namespace {

constexpr std::string_view kHostile = "</td><script>alert('1')</script>\"&";
constexpr std::string_view kEscaped =
    "&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;";

TEST(Html, EscapesText) {
  EXPECT_EQ(Html::Text(kHostile).markup(), kEscaped);
  EXPECT_EQ(Html::Text("übung 日本").markup(), "übung 日本");
}

TEST(Html, EscapesTheValuesOfAttributes) {
  EXPECT_EQ(Html::Void("input", {{"value", kHostile}}).markup(),
            "<input value=\"" + std::string(kEscaped) + "\">");
}

TEST(Html, KeepsMarkup) {
  const Html inner = Html::Element("b", Html::Text("<")) + Html::Text(">");
  EXPECT_EQ(Html::Element("p", {{"id", "a"}, {"class", "b"}}, inner).markup(),
            "<p id=\"a\" class=\"b\"><b>&lt;</b>&gt;</p>");
}

TEST(Html, LinksToTheWebOnly) {
  EXPECT_EQ(Html::WebLink("https://x/?a=1&b=\"", "7").markup(),
            "<a href=\"https://x/?a=1&amp;b=&quot;\" rel=\"noreferrer\">7</a>");
  EXPECT_EQ(Html::WebLink("HTTP://x", "7").markup(),
            "<a href=\"HTTP://x\" rel=\"noreferrer\">7</a>");
  for (const char* url : {"", "javascript:alert(1)", " https://x", "data:text/html,x", "//x", "/x",
                          "https:x", "JaVaScRiPt:https://x", "http"}) {
    EXPECT_EQ(Html::WebLink(url, "<7>").markup(), "&lt;7&gt;") << url;
  }
}

}  // namespace
}  // namespace xplenty::html_test
