#include "api/http_headers.h"

#include <string>

#include <gtest/gtest.h>

namespace xplenty::http_headers_test {
namespace {

using std::chrono::seconds;

HttpHeaders With(std::string_view name, std::string_view value) {
  HttpHeaders headers;
  headers.Add(name, value);
  return headers;
}

TEST(HttpHeaders, ReadsFieldLines) {
  HttpHeaders headers;
  headers.AddLine("Content-Type:  text/html \r\n");
  headers.AddLine("no colon\r\n");
  headers.AddLine(": no name\r\n");
  headers.AddLine("Empty:\r\n");
  EXPECT_EQ(headers.Find("content-TYPE"), "text/html");
  EXPECT_EQ(headers.Find("Empty"), "");
  EXPECT_EQ(headers.Find(""), std::nullopt);
}

TEST(HttpHeaders, ReadsRetryAfterInBothForms) {
  constexpr const char* kDate = "Sun, 06 Nov 1994 08:49:37 GMT";
  const struct {
    const char* value;
    std::optional<seconds> expected;
  } kCases[] = {
      {"0", seconds(0)},
      {"120", seconds(120)},
      {"3600", seconds(3600)},
      {"3601", seconds(3600)},
      {"99999999999999999999999", seconds(3600)},
      {"-5", std::nullopt},
      {"1.5", std::nullopt},
      {"", std::nullopt},
      {"soon", std::nullopt},
      {"Sun, 06 Nov 1994 08:50:07 GMT", seconds(30)},
      {"Sun, 06 Nov 1994 08:00:00 GMT", seconds(0)},
      {"Mon, 07 Nov 1994 08:49:37 GMT", seconds(3600)},
  };
  for (const auto& test : kCases) {
    HttpHeaders headers = With("retry-after", test.value);
    headers.Add("Date", kDate);
    EXPECT_EQ(headers.RetryAfter(), test.expected) << test.value;
  }
  EXPECT_EQ(With("Retry-After", kDate).RetryAfter(), std::nullopt);
  EXPECT_EQ(HttpHeaders().RetryAfter(), std::nullopt);
}

TEST(HttpHeaders, ReadsAllHttpDateForms) {
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC"}) {
    EXPECT_EQ(With("date", text).Date(), FromUnix(784111777)) << text;
  }
}

TEST(HttpHeaders, IgnoresTextThatIsNoDate) {
  for (const char* text : {"", "now", "5", "-5", "Sun, 06 Now 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 1894 08:49:37 GMT",
                           "Sat, 01 Jan 10000 00:00:00 GMT", "2026-03-01T09:30:00Z"}) {
    EXPECT_EQ(With("Date", text).Date(), std::nullopt) << text;
  }
  EXPECT_EQ(HttpHeaders().Date(), std::nullopt);
}

TEST(HttpHeaders, FindsTheNextLink) {
  for (const char* link : {
           R"(<https://x/?offset=100>; rel="next")",
           R"(<https://x/>;rel=next)",
           R"(<https://x/> ; REL = "NEXT" ; title="b")",
           R"(<https://x/?a=1,2;3>; rel="prev", </2>; rel="next")",
           R"(</1>; title="a, <b>; rel=\"no\""; rel="last next")",
           R"(, ,</1>; rel=prev,,</2>; rel=next)",
           R"(</1>; rel*=x; crossorigin; rel="prev	next")",
       }) {
    EXPECT_TRUE(With("link", link).HasNextLink()) << link;
  }
}

TEST(HttpHeaders, IgnoresOtherLinks) {
  for (const char* link : {
           "",
           "next",
           R"(<https://x/?rel=next>)",
           R"(<https://x/>; rel="prev")",
           R"(<https://x/>; title="rel=next")",
           R"(<https://x/>; title="<x>; rel=next, </y>; rel=next")",
           R"(<https://x/>; rel="next-archive")",
           R"(<https://x/>; rel="prev"; rel="next")",
           R"(<https://x/>; rel="next"; anchor="/other")",
           R"(<https://x/; rel=next)",
           R"(<https://x/>; rel=)",
           R"(<https://x/>; rel="nex)",
       }) {
    EXPECT_FALSE(With("Link", link).HasNextLink()) << link;
  }
}

TEST(HttpHeaders, LooksIntoEveryLinkField) {
  HttpHeaders headers = With("Link", "</1>; rel=prev");
  headers.Add("Link", "</2>; rel=next");
  EXPECT_TRUE(headers.HasNextLink());
}

TEST(HttpHeaders, ReadsTheRateLimit) {
  HttpHeaders headers = With("x-ratelimit-limit", "5000");
  headers.Add("X-RateLimit-Remaining", "4999");
  EXPECT_EQ(headers.ReadRateLimit().limit, 5000);
  EXPECT_EQ(headers.ReadRateLimit().remaining, 4999);
  EXPECT_EQ(With("X-RateLimit-Remaining", "-1").ReadRateLimit().remaining, std::nullopt);
  EXPECT_EQ(With("X-RateLimit-Remaining", "many").ReadRateLimit().remaining, std::nullopt);
}

}  // namespace
}  // namespace xplenty::http_headers_test
