#include "api/http_page_source.h"

#include <thread>

#include <gtest/gtest.h>

#include "http_page_source_fixture.h"
#include "support/gzip.h"

namespace xplenty::http_page_source_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using Then = ScriptedServer::Then;

constexpr const char* kJob = R"([{"id":1,"status":"running"}])";

TEST_F(HttpSource, SendsExactlyThisRequest) {
  ScriptedServer server({{Ok(kJob)}});
  const auto source = Source(server.Url() + "/prefix/");
  const auto page = Fetch(*source, {.since = FromUnix(0), .offset = 100});
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->jobs.size(), 1U);
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(server.requests().front(),
            "GET /prefix/acme/api/jobs?sort=updated_at&direction=asc&limit=100&offset=100"
            "&since=1970-01-01T00%3A00%3A00Z HTTP/1.1\r\n"
            "Host: 127.0.0.1:" +
                std::to_string(server.port()) +
                "\r\n"
                "Authorization: Basic czNzYW1lLTBwZW46\r\n"
                "User-Agent: xplenty_exporter/0.1.0\r\n"
                "Accept-Encoding: gzip\r\n"
                "Accept: application/vnd.xplenty+json; version=2\r\n\r\n");
  EXPECT_EQ(recorder_.statuses, std::vector<int>{200});
}

TEST_F(HttpSource, ReusesConnectionAndFollowsTheKey) {
  ScriptedServer server({{Ok(kJob)}, {Ok(kJob)}, {Ok(kJob)}});
  const auto source = Source(server.Url());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Fetch(*source).has_value());
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpSource, ReconnectsWhenTheServerClosed) {
  ScriptedServer server({{Ok(kJob), Then::kClose}, {Ok(kJob)}});
  const auto source = Source(server.Url());
  EXPECT_TRUE(Fetch(*source).has_value());
  EXPECT_TRUE(Fetch(*source).has_value());
  EXPECT_EQ(server.connections(), 2);
}

// As if a router had forgotten the connection while it was idle.
TEST_F(HttpSource, SendsAgainAfterASilentConnection) {
  ScriptedServer server({{Ok(kJob)}, {"", Then::kHang}, {Ok(kJob)}, {Ok(kJob)}});
  options_.kept_connection_patience = milliseconds(1);
  const auto source = Source(server.Url());
  EXPECT_TRUE(Fetch(*source).has_value());
  EXPECT_TRUE(Fetch(*source).has_value());
  EXPECT_EQ(recorder_.statuses, (std::vector<int>{200, 0, 200}));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpSource, WaitsForANewConnection) {
  constexpr milliseconds kShort(100);
  ScriptedServer server({{"", Then::kHang}});
  options_.kept_connection_patience = milliseconds(1);
  options_.api.timeout = kShort;
  EXPECT_EQ(ErrorAt(server.Url()).error.code, ErrorCode::kTimeout);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpSource, SendsAgainOnlyOnce) {
  constexpr milliseconds kShort(200);
  ScriptedServer server({{Ok(kJob)}, {"", Then::kHang}, {"", Then::kHang}});
  options_.kept_connection_patience = milliseconds(1);
  options_.api.timeout = kShort;
  const auto source = Source(server.Url());
  EXPECT_TRUE(Fetch(*source).has_value());
  EXPECT_EQ(Fetch(*source).error().error.code, ErrorCode::kTimeout);
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST_F(HttpSource, ReadsGzipAndRefusesTruncatedGzip) {
  const std::string zipped = Gzip(kJob);
  ScriptedServer server({{Ok(zipped, "Content-Encoding: gzip\r\n")}});
  EXPECT_TRUE(Fetch(*Source(server.Url())).has_value());
  const std::string half = Gzip("[" + std::string(9999, ' ') + "]").substr(0, 20);
  const ApiError error = ErrorFor({Ok(half, "Content-Encoding: gzip\r\n")});
  EXPECT_TRUE(error.error.code == ErrorCode::kParse || error.error.code == ErrorCode::kNetwork);
}

TEST_F(HttpSource, CapsTheBodyAfterDecompression) {
  options_.max_body_bytes = 1'000'000;
  const ApiError plain = ErrorFor({Ok(std::string(2'000'000, ' '))});
  EXPECT_EQ(plain.error.code, ErrorCode::kParse);
  EXPECT_EQ(plain.error.message, "list jobs: the response is larger than 1000000 bytes");
  const ApiError bomb =
      ErrorFor({Ok(Gzip(std::string(50'000'000, ' ')), "Content-Encoding: gzip\r\n")});
  EXPECT_EQ(bomb.error.message, plain.error.message);
}

TEST_F(HttpSource, CapsTheHeaders) {
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "X-H: 0123456789\r\n";
  const ApiError error = ErrorFor({Ok(kJob, many)});
  EXPECT_EQ(error.error.code, ErrorCode::kParse);
  EXPECT_EQ(error.error.message, "list jobs: the headers are larger than 65536 bytes");
  EXPECT_EQ(recorder_.statuses, std::vector<int>{0});
}

TEST_F(HttpSource, SurvivesAHugeReasonPhrase) {
  const ApiError error =
      ErrorFor({"HTTP/1.1 500 " + std::string(400'000, 'x') + "\r\nContent-Length: 0\r\n\r\n"});
  EXPECT_NE(error.error.message, "");
  EXPECT_LT(error.error.message.size(), 1000U);
}

TEST_F(HttpSource, RefusesBrokenFraming) {
  for (const auto& reply : std::vector<ScriptedServer::Reply>{
           {"", Then::kClose},
           {"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[]", Then::kClose},
           {"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n[]", Then::kClose},
           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n", Then::kClose},
           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n", Then::kClose},
           {"garbage\r\n\r\n", Then::kClose},
           {"HTTP/1.1 200 OK\r\nContent-Type: te", Then::kClose},
           {"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n", Then::kClose},
       }) {
    const ApiError error = ErrorFor(reply);
    EXPECT_EQ(error.error.code, ErrorCode::kNetwork) << reply.bytes;
    EXPECT_EQ(error.http_status, 0) << reply.bytes;
  }
}

TEST_F(HttpSource, IgnoresInterimResponsesAndTrailers) {
  ScriptedServer server(
      {{"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=next\r\n\r\n"
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2\r\n[]\r\n0\r\nLink: </x>; rel=next\r\n\r\n"}});
  const auto page = Fetch(*Source(server.Url()));
  ASSERT_TRUE(page.has_value());
  EXPECT_TRUE(page->last);
}

TEST_F(HttpSource, FollowsNoRedirect) {
  ScriptedServer other({{Ok(kJob)}});
  const ApiError error = ErrorFor(
      {"HTTP/1.1 302 Found\r\nLocation: " + other.Url() + "/x\r\nContent-Length: 0\r\n\r\n"});
  EXPECT_EQ(error.error.code, ErrorCode::kHttp);
  EXPECT_EQ(error.http_status, 302);
  EXPECT_EQ(error.error.message,
            "list jobs: HTTP 302: the redirect to " + other.Url() +
                "/x is not followed: --api.url must name the address of the API itself");
  EXPECT_EQ(other.connections(), 0);
}

TEST_F(HttpSource, ReportsRateLimitOfEveryResponse) {
  const std::string limits = "X-RateLimit-Limit: 5000\r\nX-RateLimit-Remaining: 7\r\n";
  ScriptedServer server(
      {{Ok(kJob, limits)},
       {"HTTP/1.1 429 No\r\nContent-Length: 0\r\nRetry-After: 9\r\n" + limits + "\r\n"}});
  const auto source = Source(server.Url());
  EXPECT_TRUE(Fetch(*source).has_value());
  const auto refused = Fetch(*source);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().error.code, ErrorCode::kRateLimit);
  EXPECT_EQ(refused.error().retry_after, seconds(9));
  EXPECT_EQ(recorder_.statuses, (std::vector<int>{200, 429}));
  ASSERT_EQ(recorder_.limits.size(), 2U);
  EXPECT_EQ(recorder_.limits[1].limit, 5000);
  EXPECT_EQ(recorder_.limits[1].remaining, 7);
}

TEST_F(HttpSource, RedactsAKeyInAResponse) {
  const auto reply = [](const std::string& message) {
    const std::string body = R"({"message":")" + message + "\"}";
    return "HTTP/1.1 401 No\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  };
  EXPECT_EQ(ErrorFor({reply("bad key s3same-0pen")}).error.message,
            "list jobs: HTTP 401: bad key <redacted>");
  EXPECT_EQ(ErrorFor({reply("bad czNzYW1lLTBwZW46")}).error.message,
            "list jobs: HTTP 401: bad <redacted>");
  key_ = std::move(ApiKey::FromLiteral(Secret("a/b+c"), "test").value());
  EXPECT_EQ(ErrorFor({reply("bad ?key=a%2Fb%2Bc")}).error.message,
            "list jobs: HTTP 401: bad ?key=<redacted>");
  key_ = std::move(ApiKey::FromLiteral(Secret(kTestKey), "test").value());
  const ApiError cut = ErrorFor({reply(std::string(195, 'x') + "s3same-0pen")});
  EXPECT_EQ(cut.error.message.find("s3s"), std::string::npos);
}

TEST_F(HttpSource, WorksAgainAfterACancelledRequest) {
  ScriptedServer server({{"HTTP/1.1 200 OK\r\n", Then::kHang}, {Ok(kJob)}});
  const auto source = Source(server.Url());
  std::stop_source stop;
  std::thread stopper([&] {
    EXPECT_TRUE(server.WaitForRequests(1));
    stop.request_stop();
  });
  const auto page =
      source->Fetch({}, {.deadline = steady_clock::now() + kAnHour, .stop = stop.get_token()});
  stopper.join();
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error().error.code, ErrorCode::kCancelled);
  EXPECT_EQ(recorder_.statuses, std::vector<int>{0});
  EXPECT_TRUE(Fetch(*source).has_value());
}

TEST_F(HttpSource, EndsAtDeadlineAndAtTimeout) {
  constexpr milliseconds kShort(100);
  for (const bool deadline : {true, false}) {
    ScriptedServer server({{Ok("[]").substr(0, 30), Then::kHang}});
    options_.api.timeout = deadline ? kAnHour : kShort;
    const auto source = Source(server.Url());
    const auto page = source->Fetch(
        {}, {.deadline = steady_clock::now() + (deadline ? kShort : kAnHour), .stop = {}});
    ASSERT_FALSE(page.has_value());
    EXPECT_EQ(page.error().error.code, ErrorCode::kTimeout);
  }
}

TEST_F(HttpSource, SendsNothingAfterDeadlineOrStop) {
  ScriptedServer server({});
  const auto source = Source(server.Url());
  std::stop_source stop;
  const auto late = source->Fetch({}, {.deadline = steady_clock::now(), .stop = {}});
  EXPECT_EQ(late.error().error.code, ErrorCode::kTimeout);
  stop.request_stop();
  const auto stopped =
      source->Fetch({}, {.deadline = steady_clock::now() + kAnHour, .stop = stop.get_token()});
  EXPECT_EQ(stopped.error().error.code, ErrorCode::kCancelled);
  EXPECT_TRUE(recorder_.statuses.empty());
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(HttpSource, ReportsARefusedConnection) {
  ScriptedServer server({});
  server.Leave();
  const ApiError error = ErrorAt(server.Url());
  EXPECT_EQ(error.error.code, ErrorCode::kNetwork);
  EXPECT_NE(error.error.message.find("Failed to connect to 127.0.0.1"), std::string::npos)
      << error.error.message;
  EXPECT_EQ(recorder_.statuses, std::vector<int>{0});
}

TEST_F(HttpSource, UsesAProxyAndRedactsItsCredentials) {
  ScriptedServer proxy({{Ok(kJob)}, {"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"}});
  const std::string port = std::to_string(proxy.port());
  options_.api.proxy_url = "http://ann:hunter2@127.0.0.1:" + port;
  EXPECT_TRUE(Fetch(*Source("http://api.invalid")).has_value());
  EXPECT_TRUE(proxy.requests().front().starts_with("GET http://api.invalid/acme/api/jobs?"));
  EXPECT_NE(ErrorAt("https://api.invalid").error.message, "");
  EXPECT_TRUE(proxy.requests().back().starts_with("CONNECT api.invalid:443 "));
  EXPECT_EQ(proxy.requests().back().find("czNzYW1lLTBwZW46"), std::string::npos);
  for (const char* bad :
       {"http://ann:hunter2@nowhere.invalid:1", "http://ann:hunter2@x:port", "ann:hun ter2@ x",
        "nope://ann:hunter2@x", "http://ann:hunter2@127.0.0.1:1"}) {
    options_.api.proxy_url = bad;
    const std::string message = ErrorAt("http://api.invalid").error.message;
    EXPECT_EQ(message.find("hun"), std::string::npos) << message;
  }
}

TEST_F(HttpSource, RefusesUnusableOptions) {
  for (const char* url : {"", "ftp://x", "file:///etc/passwd", "https://ann:pw@x", "https://x/?a=1",
                          "https://x/#a", "https://", "http://x:99999999"}) {
    options_.api.url = url;
    const auto source = HttpPageSource::Create(options_, *key_, recorder_);
    ASSERT_FALSE(source.has_value()) << url;
    EXPECT_EQ(source.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(source.error().message.find("pw"), std::string::npos);
  }
  options_.api.url = "https://x";
  options_.user_agent = "a\r\nb";
  EXPECT_FALSE(HttpPageSource::Create(options_, *key_, recorder_).has_value());
}

}  // namespace
}  // namespace xplenty::http_page_source_test
