#include "http/request_target.h"

#include <string>

#include <gtest/gtest.h>

namespace xplenty::request_target_test {
namespace {

HttpRequest Decoded(std::string_view target) {
  HttpRequest request;
  DecodeTarget(target, request);
  return request;
}

TEST(RequestTarget, SplitsPathAndParameters) {
  const HttpRequest request = Decoded("/a/b?z=1&y=2&z=3");
  EXPECT_EQ(request.path, "/a/b");
  EXPECT_EQ(request.params, (HttpFields{{"z", "1"}, {"y", "2"}, {"z", "3"}}));
}

TEST(RequestTarget, IsPercentDecodedOnce) {
  const HttpRequest request = Decoded("/%6Detrics%2f%2541?%61%3D=%26%3d%25&b=%c3%BC");
  EXPECT_EQ(request.path, "/metrics/%41");
  EXPECT_EQ(request.params, (HttpFields{{"a=", "&=%"}, {"b", "\xc3\xbc"}}));
  EXPECT_EQ(Decoded("/%00x").path, std::string("/\0x", 3));
}

TEST(RequestTarget, PlusIsSpaceInParametersOnly) {
  const HttpRequest request = Decoded("/a+b?c+d=e+f%2B");
  EXPECT_EQ(request.path, "/a+b");
  EXPECT_EQ(request.params, (HttpFields{{"c d", "e f+"}}));
}

TEST(RequestTarget, KeepsAnInvalidPercentSequence) {
  for (const char* text : {"/%", "/%4", "/%zz", "/%4z", "/%+4", "/%-4", "/% 4", "/%0x", "/a%"}) {
    EXPECT_EQ(Decoded(text).path, text);
  }
  EXPECT_EQ(Decoded("/%%41").path, "/%A");
}

TEST(RequestTarget, AllowsEmptyNamesAndValues) {
  EXPECT_EQ(Decoded("/?").params, HttpFields());
  EXPECT_EQ(Decoded("/?&&").params, HttpFields());
  EXPECT_EQ(Decoded("/?a&=b&c=&d==?").params,
            (HttpFields{{"a", ""}, {"", "b"}, {"c", ""}, {"d", "=?"}}));
}

}  // namespace
}  // namespace xplenty::request_target_test
