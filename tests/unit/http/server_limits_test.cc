#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/response_body.h"
#include "unit/http/server_fixture.h"

namespace xplenty::server_limits_test {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;

// Each test shortens one limit, which must end what the test waits for; the others are an hour.
constexpr milliseconds kShort(200);
constexpr size_t kBigBytes = 30'000'000;  // more than the system's buffers take

TEST_F(ServerTest, BadRequestGetsStatusAndClose) {
  Start();
  const std::pair<std::string, int> cases[] = {
      {"\x16\x03\x01\x02", 400},
      {"GET /hello\r\n\r\n", 400},
      {"GET /hello HTTP/1.1\n\n", 400},
      {"GET /hello HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400},
      {"GET /hello HTTP/1.1\r\n\r\n", 400},
      {"DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 413},
      {"GET /hello HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413},
      {"POST /reload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 413},
      {"GET /" + std::string(9'000, 'a'), 414},
      {"GET / HTTP/1.1\r\nX: " + std::string(100'000, 'a'), 431},
      {"GET /hello HTTP/2.0\r\n\r\n", 505},
  };
  for (const auto& [request, status] : cases) {
    HttpClient client = Connect();
    client.Send(request);
    const auto response = client.Read();
    EXPECT_EQ(response.status, status) << request.substr(0, 60);
    EXPECT_EQ(response.Header("Connection"), "close");
    EXPECT_EQ(response.Header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(response.Header("Allow"), status == 405 ? "GET, HEAD" : "");
    EXPECT_TRUE(client.IsClosed());
  }
  EXPECT_EQ(Connect().Get("/hello").status, 200);
}

TEST_F(ServerTest, BodyIsNotReadAsRequest) {
  Start();
  HttpClient client = Connect();
  client.Send(
      "GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n"
      "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.ReadAll(), EndsWith("413 Content Too Large\n"));
}

TEST_F(ServerTest, TimesOutAnUnfinishedRequest) {
  options_.head_timeout = kShort;
  Start();
  HttpClient client = Connect();
  client.Send("GET /hello HT");
  EXPECT_EQ(client.Read().status, 408);
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ServerTest, TimesOutASlowRequest) {
  options_.head_timeout = kShort;
  Start();
  HttpClient client = Connect();
  client.Send("GET / HTTP/1.1\r\nX: ");
  while (!client.HasInput(milliseconds(10))) client.Send("a");
  EXPECT_EQ(client.Read().status, 408);  // 431 if each byte extended the time
}

TEST_F(ServerTest, ClosesIdleConnectionsSilently) {
  options_.idle_timeout = kShort;
  Start();
  HttpClient fresh = Connect();
  EXPECT_EQ(fresh.ReadAll(), "");
  HttpClient used = Connect();
  while (used.Get("/hello").status != 200) used = Connect();  // its request came too late
  EXPECT_EQ(used.ReadAll(), "");
}

TEST_F(ServerTest, HalfRequestsDelayNoOtherClient) {
  options_.max_connections = 16;
  Start();
  std::vector<HttpClient> slow;
  for (int i = 0; i < 15; ++i) slow.push_back(Connect());
  for (HttpClient& client : slow) client.Send("GET /hello HTTP/1.1\r\nHost:");
  HttpClient client = Connect();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(client.Get("/hello").status, 200);
  for (HttpClient& late : slow) {
    late.Send(" a\r\n\r\n");
    EXPECT_EQ(late.Read().status, 200);
  }
}

TEST_F(ServerTest, WaitingHandlersDelayNoOtherClient) {
  options_.max_connections = 8;
  Start();
  std::vector<HttpClient> waiting;
  for (int i = 0; i < 7; ++i) waiting.push_back(Connect());
  for (HttpClient& client : waiting) client.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  gate_.AwaitWaiting(7);
  EXPECT_EQ(Connect().Get("/hello").status, 200);
  gate_.Open();
  for (HttpClient& client : waiting) EXPECT_EQ(client.Read().body, "waited\n");
}

TEST_F(ServerTest, EvictsTheLongestIdleWhenFull) {
  options_.max_connections = 3;
  Start();
  HttpClient first = Connect();
  HttpClient second = Connect();
  HttpClient third = Connect();
  ASSERT_EQ(third.Get("/hello").status, 200) << "now all have been accepted";
  for (int i = 0; i < 2; ++i) ASSERT_EQ(first.Get("/hello").status, 200);
  // The first connection has just been used, so the second one has been idle longest.

  HttpClient fourth = Connect();
  EXPECT_EQ(fourth.Get("/hello").status, 200);
  EXPECT_EQ(second.ReadAll(), "");
  EXPECT_EQ(first.Get("/hello").status, 200);
  EXPECT_EQ(third.Get("/hello").status, 200);
}

TEST_F(ServerTest, Returns503WhenNoneIsIdle) {
  options_.max_connections = 2;
  Start();
  HttpClient first = Connect();
  HttpClient second = Connect();
  for (HttpClient* client : {&first, &second}) {
    client->Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  gate_.AwaitWaiting(2);
  HttpClient third = Connect();
  const auto refused = third.Get("/hello");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.Header("Retry-After"), "1");
  EXPECT_TRUE(third.IsClosed());
  gate_.Open();
  EXPECT_EQ(first.Read().status, 200);
  EXPECT_EQ(second.Read().status, 200);
  EXPECT_EQ(first.Get("/hello").status, 200);
}

TEST_F(ServerTest, SurvivesAFloodOfConnections) {
  options_.max_connections = 8;
  Start();
  std::vector<HttpClient> clients;
  for (int i = 0; i < 300; ++i) {
    clients.push_back(Connect());
    if (i % 2 == 0) clients.back().Send("bad\n");
  }
  EXPECT_EQ(Connect().Get("/hello").status, 200);
}

TEST_F(ServerTest, SurvivesClientsThatResetTheirConnections) {
  options_.max_connections = 8;
  Start();
  for (const char* sent : {"", "GET /hel", "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", "bad\n"}) {
    for (int i = 0; i < 50; ++i) {
      HttpClient client = Connect();
      client.Send(sent);
      client.Reset();
    }
  }
  EXPECT_EQ(Connect().Get("/hello").status, 200);
}

TEST_F(ServerTest, ClosesASlowReader) {
  gate_.Open();
  routes_["/big"] = {[this](const HttpRequest&) {
    gate_.Pass();
    HttpResponse response;
    response.body = ResponseBody(std::string(kBigBytes, 'x'));
    return response;
  }};
  options_.max_connections = 1;
  options_.write_timeout = kShort;
  Start();
  HttpClient client = Connect(4096);
  client.Send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  gate_.AwaitWaiting(1);
  while (Connect().Get("/hello").status != 200)
    std::this_thread::yield();  // until its place is free
  EXPECT_LT(client.ReadAll().size(), kBigBytes);
}

TEST_F(ServerTest, StopsAtOnceWithIdleConnections) {
  Start();
  HttpClient fresh = Connect();
  HttpClient used = Connect();
  ASSERT_EQ(used.Get("/hello").status, 200);
  HttpClient half = Connect();
  half.Send("GET /hello HT");
  server_->Stop();  // although each of them has an hour
  for (HttpClient* client : {&fresh, &used, &half}) EXPECT_TRUE(client->IsClosed());
  EXPECT_FALSE(Connect().connected());
}

TEST_F(ServerTest, StopLetsResponsesInFlightEnd) {
  Start();
  HttpClient client = Connect();
  client.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  gate_.AwaitWaiting(1);
  const auto stopped = std::async(std::launch::async, [this] { server_->Stop(); });
  while (Connect().connected()) std::this_thread::yield();  // until the listener is closed
  gate_.Open();
  EXPECT_EQ(client.Read().body, "waited\n");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ServerTest, StopClosesHandlersBeyondTheGrace) {
  options_.stop_grace = kShort;
  Start();
  HttpClient client = Connect();
  client.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  gate_.AwaitWaiting(1);
  const auto stopped = std::async(std::launch::async, [this] { server_->Stop(); });
  EXPECT_EQ(client.ReadAll(), "") << "it is closed without a response";
  gate_.Open();
}

TEST_F(ServerTest, StopsWhileAReaderStalls) {
  gate_.Open();
  routes_["/big"] = {[this](const HttpRequest&) {
    gate_.Pass();
    HttpResponse response;
    response.body = ResponseBody(std::string(kBigBytes, 'x'));
    return response;
  }};
  options_.stop_grace = kShort;
  Start();
  HttpClient client = Connect(4096);
  client.Send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  gate_.AwaitWaiting(1);
  server_->Stop();  // although the response has an hour
}

TEST_F(ServerTest, MayBeStoppedTwice) {
  Start();
  server_->Stop();
  server_->Stop();
}

}  // namespace
}  // namespace xplenty::server_limits_test
