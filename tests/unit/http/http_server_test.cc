#include "http/http_server.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include "base/response_body.h"
#include "base/timestamp.h"
#include "exposition/joined_body.h"
#include "http/listener.h"
#include "unit/http/ipv6_loopback.h"
#include "unit/http/server_fixture.h"

namespace xplenty::http_server_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST_F(ServerTest, AnswersARequest) {
  Start();
  const auto begin = std::chrono::system_clock::now();
  const auto response = Connect().Get("/hello");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "hello\n");
  std::vector<std::string> dates;
  for (auto second = std::chrono::floor<std::chrono::seconds>(begin);
       second <= std::chrono::system_clock::now(); second += std::chrono::seconds(1)) {
    dates.push_back(FormatHttpDate(second));
  }
  EXPECT_THAT(dates, Contains(response.Header("Date")));
  EXPECT_EQ(response.Header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(response.Header("Content-Length"), "6");
  EXPECT_EQ(response.Header("X-Content-Type-Options"), "nosniff");
  for (const char* name : {"Server", "Connection", "Keep-Alive", "Accept-Ranges",
                           "Content-Encoding", "Transfer-Encoding"}) {
    EXPECT_EQ(response.Header(name), "") << name;
  }
}

TEST_F(ServerTest, KeepsTheConnectionForManyRequests) {
  Start();
  HttpClient client = Connect();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(client.Get("/hello").status, 200) << i;
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  Start();
  HttpClient client = Connect();
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += "GET /echo?i=" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }
  client.Send(requests + "GET /hel");
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(client.Read().body, HasSubstr("?i=" + std::to_string(i) + "\n"));
  }
  client.Send("lo HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.Read().body, "hello\n");
}

TEST_F(ServerTest, EachClientGetsItsOwnResponse) {
  constexpr int kClients = 8;
  options_.max_connections = kClients;
  Start();
  std::vector<std::jthread> clients;
  for (int id = 0; id < kClients; ++id) {
    clients.emplace_back([this, id] {
      HttpClient client = Connect();
      for (int i = 0; i < 100; ++i) {
        const std::string param = std::to_string(id) + "-" + std::to_string(i);
        ASSERT_THAT(client.Get("/echo?" + param).body, HasSubstr("\n?" + param + "=\n"));
      }
    });
  }
}

TEST_F(ServerTest, ClosesOnConnectionClose) {
  Start();
  HttpClient client = Connect();
  const auto response = client.Get("/hello", "Connection: Close\r\n");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.Header("Connection"), "close");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ServerTest, ClosesAfterAnOldVersion) {
  Start();
  HttpClient client = Connect();
  client.Send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_THAT(client.ReadAll(), EndsWith("\r\n\r\nhello\n"));
}

TEST_F(ServerTest, ServesAHalfClosedClient) {
  Start();
  HttpClient client = Connect();
  client.Send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  client.EndSending();
  EXPECT_THAT(client.ReadAll(), EndsWith("\r\n\r\nhello\n"));
}

TEST_F(ServerTest, HeadHasLengthAndNoBody) {
  Start();
  HttpClient client = Connect();
  client.Send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto response = client.Read(true);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.Header("Content-Length"), "6");
  EXPECT_EQ(response.Header("Accept-Ranges"), "");
  EXPECT_EQ(client.Get("/hello").body, "hello\n") << "the response to HEAD had no body";
}

TEST_F(ServerTest, AnswersAnEmptyBody) {
  routes_["/empty"] = {[](const HttpRequest&) {
    return HttpResponse{.status = 503, .content_type = "text/html", .headers = {}, .body = {}};
  }};
  Start();
  HttpClient client = Connect();
  const auto response = client.Get("/empty");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.Header("Content-Length"), "0");
  EXPECT_EQ(response.Header("Content-Type"), "text/html");
  EXPECT_EQ(client.Get("/hello").status, 200);
}

TEST_F(ServerTest, Answers404ForEveryOtherPath) {
  Start();
  HttpClient client = Connect();
  for (const char* target : {"/", "/hello/", "/hell", "/helloo", "//hello", "/../hello", "/HELLO",
                             "/hello%00", "/%2e%2e/etc/passwd", "/hello%2F", "/hello%0d%0aX:y"}) {
    const auto response = client.Get(target);
    EXPECT_EQ(response.status, 404) << target;
    EXPECT_EQ(response.body, "404 Not Found\n") << target;
    EXPECT_EQ(response.Header("Content-Type"), "text/plain; charset=utf-8");
  }
  EXPECT_EQ(client.Get("/" + std::string(8000, 'a')).status, 404);
  EXPECT_EQ(client.Get("/hel%6Co?x").status, 200) << "an encoded path is the same path";
}

TEST_F(ServerTest, NamesTheMethodsOfAPath) {
  Start();
  HttpClient client = Connect();
  client.Send("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  const auto response = client.Read();
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.Header("Allow"), "GET, HEAD");
  const auto get = client.Get("/reload");
  EXPECT_EQ(get.status, 405);
  EXPECT_EQ(get.Header("Allow"), "POST, PUT");
}

TEST_F(ServerTest, AcceptsPostOnPostRoutes) {
  Start();
  HttpClient client = Connect();
  client.Send("POST /reload HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(client.Read().body, "reloaded\n");
  client.Send("PUT /reload HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.Read().body, "reloaded\n");
}

TEST_F(ServerTest, HandsTheRequestOver) {
  Start();
  const auto response = Connect().Get("/echo?a=1&b=x%20y&a=2",
                                      "Accept: c\r\nX: a%0d%0aEvil: b\r\nREMOTE_ADDR: 6.6.6.6\r\n"
                                      "Range: bytes=0-1\r\n");
  EXPECT_EQ(response.status, 200) << "and not 206";
  EXPECT_THAT(response.body, StartsWith("GET /echo from 127.0.0.1\n"));
  EXPECT_THAT(response.body, HasSubstr("\n?a=1\n?b=x y\n?a=2\n"));
  EXPECT_THAT(response.body, HasSubstr("\nAccept: c\n"));
  EXPECT_THAT(response.body, HasSubstr("\nX: a%0d%0aEvil: b\n"));
  EXPECT_THAT(response.body, HasSubstr("\nREMOTE_ADDR: 6.6.6.6\n"));
}

TEST(HttpRequest, FindsParametersAndHeaders) {
  const HttpRequest request = {.method = "GET",
                               .path = "/",
                               .remote_address = "",
                               .params = {{"a", "1"}, {"a", "2"}},
                               .headers = {{"Accept", "x"}, {"ACCEPT", "y"}, {"B", ""}}};
  EXPECT_EQ(request.Param("a"), "1");
  EXPECT_EQ(request.Param("A"), std::nullopt);
  EXPECT_EQ(request.Header("accept"), "x");
  EXPECT_EQ(request.JoinedHeader("accept"), "x, y");
  EXPECT_EQ(request.Header("b"), "");
  EXPECT_EQ(request.Header("c"), std::nullopt);
  EXPECT_EQ(request.JoinedHeader("c"), "");
}

TEST_F(ServerTest, SendsCompressedBodiesUnchanged) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "xplenty_jobs{n=\"" + std::to_string(i) + "\"} 1\n";
  const JoinedBody joined({std::make_shared<const EncodedBlock>(text)}, Coding::kGzip);
  const std::string gzip = joined.With("").ToString();
  routes_["/metrics"] = {[&gzip](const HttpRequest&) {
    HttpResponse response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.headers = {{"Content-Encoding", "gzip"}, {"Vary", "Accept, Accept-Encoding"}};
    response.body = ResponseBody(gzip);
    return response;
  }};
  Start();
  const auto response = Connect().Get("/metrics", "Accept-Encoding: gzip, br\r\n");
  EXPECT_EQ(response.Header("Content-Encoding"), "gzip");
  EXPECT_EQ(response.Header("Vary"), "Accept, Accept-Encoding");
  EXPECT_EQ(response.Header("Content-Length"), std::to_string(gzip.size()));
  EXPECT_TRUE(response.body == gzip);
}

TEST_F(ServerTest, SendsABigBodyWhole) {
  const ResponseBody body(std::string(20'000'000, 'x'));
  routes_["/big"] = {[body](const HttpRequest&) {
    HttpResponse response;
    response.body = body;
    return response;
  }};
  Start();
  HttpClient client = Connect();
  EXPECT_TRUE(client.Get("/big").body == body.ToString());
  EXPECT_EQ(client.Get("/hello").status, 200);
}

TEST_F(ServerTest, SendsManyPartsInOrder) {
  ResponseBody body;
  for (size_t i = 0; i < 5'000; ++i) body.Append(std::to_string(i) + std::string(i, ' '));
  routes_["/big"] = {[body](const HttpRequest&) {
    HttpResponse response;
    response.body = body;
    return response;
  }};
  Start();
  for (const int receive_bytes : {0, 4096}) {  // with 4096 each part needs many calls
    HttpClient client = Connect(receive_bytes);
    EXPECT_TRUE(client.Get("/big").body == body.ToString());
    EXPECT_EQ(client.Get("/hello").status, 200);
  }
}

TEST_F(ServerTest, HandlerExceptionIsLoggedNotSent) {
  Start();
  HttpClient client = Connect();
  const auto response = client.Get("/throw");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, "500 Internal Server Error\n");
  EXPECT_THAT(response.head, Not(HasSubstr("secret")));
  EXPECT_THAT(logger_.lines(),
              ElementsAre("request handler failed path=/throw err=the secret detail"));
  EXPECT_EQ(client.Get("/hello").status, 200);
}

TEST_F(ServerTest, ServesSeveralAddresses) {
  if (!HasIpv6Loopback()) GTEST_SKIP() << "this machine has no ::1";
  options_.listen_addresses = {"127.0.0.1:0", "[::1]:0"};
  Start();
  ASSERT_EQ(server_->addresses().size(), 2U);
  for (const std::string& address : server_->addresses()) {
    EXPECT_EQ(HttpClient(address).Get("/hello").status, 200) << address;
  }
  EXPECT_THAT(HttpClient(server_->addresses()[1]).Get("/echo").body,
              StartsWith("GET /echo from ::1\n"));
}

TEST_F(ServerTest, ServesBothFamiliesWithoutAHost) {
  options_.listen_addresses = {":0"};
  Start();
  const std::string port = address_.substr(address_.rfind(':'));
  EXPECT_THAT(HttpClient("127.0.0.1" + port).Get("/echo").body,
              StartsWith("GET /echo from 127.0.0.1\n"));
  if (!HasIpv6Loopback()) GTEST_SKIP() << "this machine has no ::1";
  EXPECT_THAT(HttpClient("[::1]" + port).Get("/echo").body, StartsWith("GET /echo from ::1\n"));
}

TEST_F(ServerTest, RefusesAPortInUse) {
  Start();
  const auto second =
      HttpServer::Start({.listen_addresses = {"127.0.0.1:0", address_}}, {}, logger_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "listen on " + address_ + ": Address already in use");
}

// A heartbeat from another thread would say nothing about the accepting thread.
TEST_F(ServerTest, HeartbeatRunsOnTheAcceptingThread) {
  std::mutex mutex;
  std::condition_variable changed;
  int beats = 0;
  std::set<std::thread::id> threads;
  const auto note = [&] {
    const std::lock_guard lock(mutex);
    threads.insert(std::this_thread::get_id());
  };
  options_.heartbeat = {.interval = std::chrono::milliseconds(1), .beat = [&] {
                          note();
                          const std::lock_guard lock(mutex);
                          ++beats;
                          changed.notify_all();
                        }};
  options_.policy = [&, open = std::make_shared<const WebPolicy>()] {
    note();  // called for a new connection, before any request
    return open;
  };
  Start();
  HttpClient client = Connect();
  client.Send("x");
  client.EndSending();
  EXPECT_TRUE(client.IsClosed());
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return beats >= 3; });
  EXPECT_EQ(threads.size(), 1U);
  lock.unlock();
  server_->Stop();
}

TEST_F(ServerTest, ServesOnAnInheritedSocket) {
  auto listener = Listener::Bind("127.0.0.1:0");
  ASSERT_TRUE(listener);
  const int descriptor = ::dup(listener->fd());
  const auto server = HttpServer::Start({.listen_descriptors = {descriptor}}, {}, logger_);
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_EQ((*server)->addresses().front(), listener->address());
  EXPECT_EQ(HttpClient(listener->address()).Get("/").status, 404);
}

TEST_F(ServerTest, RefusesANonListeningDescriptor) {
  const auto server = HttpServer::Start({.listen_descriptors = {1'000'000}}, {}, logger_);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().message, "socket 1000000 of the service manager: Bad file descriptor");
}

TEST_F(ServerTest, NeedsAnAddress) {
  EXPECT_FALSE(HttpServer::Start({}, {}, logger_));
}

}  // namespace
}  // namespace xplenty::http_server_test
