#include "http/request_head.h"

#include <string>

#include <gtest/gtest.h>

namespace xplenty::request_head_test {
namespace {

// The status with which `input` is refused; 0 if more bytes are needed, 200 if it is a head.
int StatusOf(const std::string& input) {
  const HeadResult result = ReadRequestHead(input);
  if (const auto* refused = std::get_if<HeadError>(&result)) return refused->status;
  return std::holds_alternative<RequestHead>(result) ? 200 : 0;
}

RequestHead Read(const std::string& input) {
  HeadResult result = ReadRequestHead(input);
  EXPECT_TRUE(std::holds_alternative<RequestHead>(result)) << StatusOf(input);
  return std::get<RequestHead>(result);
}

std::string WithHeader(const std::string& line) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n";
}

TEST(RequestHead, EndsAtTheEmptyLine) {
  const std::string head = "GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\nAccept:  b, c\t\r\nE:\r\n\r\n";
  for (size_t size = 0; size < head.size(); ++size) {
    EXPECT_EQ(StatusOf(head.substr(0, size)), 0) << size;
  }
  const RequestHead read = Read(head + "GET /next");
  EXPECT_EQ(read.request.method, "GET");
  EXPECT_EQ(read.request.path, "/metrics");
  EXPECT_EQ(read.request.params, (HttpFields{{"x", "1"}}));
  EXPECT_EQ(read.request.headers, (HttpFields{{"Host", "a"}, {"Accept", "b, c"}, {"E", ""}}));
  EXPECT_EQ(read.bytes, head.size());
  EXPECT_FALSE(read.close);
}

TEST(RequestHead, MayFollowEmptyLines) {
  const std::string head = "\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(Read(head).request.method, "HEAD");
  EXPECT_EQ(Read(head).bytes, head.size());
}

TEST(RequestHead, ReportsConnectionClose) {
  EXPECT_TRUE(Read(WithHeader("Connection: close")).close);
  EXPECT_TRUE(Read(WithHeader("connection: keep-alive , CLOSE")).close);
  EXPECT_FALSE(Read(WithHeader("Connection: keep-alive")).close);
  EXPECT_FALSE(Read(WithHeader("Connection: enclose")).close);
  EXPECT_TRUE(Read("GET / HTTP/1.0\r\n\r\n").close);
}

TEST(RequestHead, TakesTheAbsoluteForm) {
  const HttpRequest request = Read("GET http://a:1/b?c HTTP/1.1\r\nHost: a\r\n\r\n").request;
  EXPECT_EQ(request.path, "/b");
  EXPECT_EQ(request.params, (HttpFields{{"c", ""}}));
  EXPECT_EQ(Read("GET HTTP://a HTTP/1.1\r\nHost: a\r\n\r\n").request.path, "/");
}

TEST(RequestHead, KeepsPercentSequencesInValues) {
  EXPECT_EQ(Read(WithHeader("X: a%0d%0ab%")).request.headers.back().second, "a%0d%0ab%");
}

TEST(RequestHead, IsRefusedWhenMalformed) {
  for (const char* line :
       {"GET /\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "/ HTTP/1.1\r\n\r\n", "G(T / HTTP/1.1\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\xc3\xbc HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / http/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"}) {
    EXPECT_EQ(StatusOf(line), 400) << line;
  }
  for (const char* line :
       {"no colon", ": no name", "a b: c", "Name : value", " folded: line", "X: y\r\n folded",
        "Content-Length: 1x", "Content-Length: -1", "Content-Length:", "Content-Length: 0, 0"}) {
    EXPECT_EQ(StatusOf(WithHeader(line)), 400) << line;
  }
}

TEST(RequestHead, RefusesControlBytesAtOnce) {
  using namespace std::string_literals;
  for (const std::string& start : {"\x16\x03\x01"s, "GET /\n"s, "GET /\r "s, "\n"s, "GET \0"s,
                                   "GET / HTTP/1.1\r\nX: a\x7f"s, "GET / HTTP/1.1\r\nX: \x1b"s}) {
    EXPECT_EQ(StatusOf(start), 400) << start;
  }
}

TEST(RequestHead, TakesFewMethods) {
  for (const char* method : {"DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "get", "PRI"}) {
    EXPECT_EQ(StatusOf(method + std::string(" * HTTP/1.1\r\nHost: a\r\n\r\n")), 405) << method;
  }
}

TEST(RequestHead, TakesNoBody) {
  for (const char* line :
       {"Content-Length: 1", "content-length: 00010", "Content-Length: 99999999999999999999",
        "Transfer-Encoding: chunked", "transfer-encoding: identity", "Transfer-Encoding:"}) {
    EXPECT_EQ(StatusOf(WithHeader(line)), 413) << line;
  }
}

TEST(RequestHead, TakesHttp1Alone) {
  for (const char* version : {"HTTP/2.0", "HTTP/0.9", "HTTP/1.2", "HTTP/11", "HTTP/"}) {
    EXPECT_EQ(StatusOf(std::string("GET / ") + version + "\r\nHost: a\r\n\r\n"), 505) << version;
  }
}

TEST(RequestHead, HasALimitedFirstLine) {
  const std::string rest = " HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string longest = "GET /" + std::string(RequestHead::kMaxLineBytes - 5 - 9, 'a');
  EXPECT_EQ(StatusOf(longest + rest), 200);
  EXPECT_EQ(StatusOf(longest + 'a' + rest), 414);
  EXPECT_EQ(StatusOf(std::string(RequestHead::kMaxLineBytes, 'a')), 0);
  EXPECT_EQ(StatusOf(std::string(RequestHead::kMaxLineBytes + 1, 'a')), 414);
}

TEST(RequestHead, HasALimitedSize) {
  const std::string start = WithHeader("X: ");
  const size_t room = RequestHead::kMaxBytes - start.size();
  EXPECT_EQ(StatusOf(WithHeader("X: " + std::string(room, 'a'))), 200);
  EXPECT_EQ(StatusOf(WithHeader("X: " + std::string(room + 1, 'a'))), 431);
  const std::string endless = "GET / HTTP/1.1\r\nX: " + std::string(RequestHead::kMaxBytes, 'a');
  EXPECT_EQ(StatusOf(endless.substr(0, RequestHead::kMaxBytes - 1)), 0);
  EXPECT_EQ(StatusOf(endless.substr(0, RequestHead::kMaxBytes)), 431);
}

TEST(RequestHead, HasALimitedNumberOfHeaders) {
  std::string lines;
  for (size_t i = 1; i < RequestHead::kMaxHeaders; ++i) lines += "\r\nX: y";
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: a" + lines + "\r\n\r\n"), 200);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: a" + lines + "\r\nX: y\r\n\r\n"), 431);
}

}  // namespace
}  // namespace xplenty::request_head_test
