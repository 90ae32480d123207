#pragma once

#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "api/curl_library.h"
#include "api/http_page_source.h"
#include "support/scripted_server.h"

namespace xplenty {

inline constexpr const char* kTestKey = "s3same-0pen";

class Recorder final : public RequestObserver {
 public:
  void OnRequest(int http_status, std::chrono::duration<double> took) override {
    statuses.push_back(http_status);
    if (on_request) on_request(http_status);
    EXPECT_GE(took.count(), 0);
  }
  void OnRateLimit(const RateLimit& rate_limit) override { limits.push_back(rate_limit); }

  std::function<void(int)> on_request;
  std::vector<int> statuses;
  std::vector<RateLimit> limits;
};

class HttpSource : public testing::Test {
 protected:
  // Longer than any test: if something ends before, this limit is not the reason.
  static constexpr std::chrono::hours kAnHour{1};

  HttpSource() {
    for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                             "no_proxy", "NO_PROXY"}) {
      unsetenv(name);
    }
  }

  // A source whose API is at `url`.
  std::unique_ptr<HttpPageSource> Source(const std::string& url) {
    options_.api.url = url;
    auto source = HttpPageSource::Create(options_, *key_, recorder_);
    EXPECT_TRUE(source.has_value()) << (source ? "" : source.error().message);
    return source ? std::move(*source) : nullptr;
  }

  static Result<Page, ApiError> Fetch(HttpPageSource& source, const PageRequest& request = {}) {
    return source.Fetch(request,
                        {.deadline = std::chrono::steady_clock::now() + kAnHour, .stop = {}});
  }

  // The error of a source whose only request gets this reply.
  ApiError ErrorFor(ScriptedServer::Reply reply) {
    ScriptedServer server({std::move(reply)});
    return ErrorAt(server.Url());
  }

  ApiError ErrorAt(const std::string& url) {
    const auto source = Source(url);
    const auto page = Fetch(*source);
    EXPECT_FALSE(page.has_value());
    if (page) return {};
    EXPECT_EQ(page.error().error.message.find(kTestKey), std::string::npos)
        << page.error().error.message;
    return page.error();
  }

  CurlGlobal curl_;
  std::unique_ptr<ApiKey> key_ = std::move(ApiKey::FromLiteral(Secret(kTestKey), "test").value());
  Recorder recorder_;
  HttpPageSource::Options options_{.api = {.url = {}, .timeout = kAnHour},
                                   .account_id = "acme",
                                   .user_agent = "xplenty_exporter/0.1.0"};
};

inline std::string Ok(const std::string& body, const std::string& headers = {}) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace xplenty
