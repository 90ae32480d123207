#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "api/retrying_page_source.h"
#include "support/fake_clock.h"
#include "support/no_log.h"

namespace xplenty {

class Ignore final : public RequestObserver {
 public:
  void OnRequest(int /*http_status*/, std::chrono::duration<double> /*took*/) override {}
  void OnRateLimit(const RateLimit& /*rate_limit*/) override {}
};

inline ApiError Failure(ErrorCode code, int status,
                        std::optional<std::chrono::seconds> retry_after = {}) {
  return {.error = {code, "list jobs: failed"}, .http_status = status, .retry_after = retry_after};
}

// Returns one scripted response per request, and pages at the end of the script.
class ScriptedSource final : public PageSource {
 public:
  ScriptedSource(RequestStats& stats, const ApiKey& key) : stats_(stats), key_(key) {}

  Result<Page, ApiError> Fetch(const PageRequest& /*request*/,
                               const RequestLimits& /*limits*/) override {
    keys_.push_back(key_.Load().Reveal());
    if (on_request_) on_request_(keys_.size());
    if (script_.empty()) {
      stats_.OnRequest(200, {});
      return Page{};
    }
    const auto [error, remaining] = script_.front();
    script_.pop_front();
    stats_.OnRequest(error ? error->http_status : 200, {});
    if (remaining) stats_.OnRateLimit({.limit = 5000, .remaining = remaining});
    if (error) return *error;
    return Page{};
  }

  Responses FetchAll(std::span<const PageRequest> requests, const RequestLimits& limits) override {
    widths_.push_back(requests.size());
    return PageSource::FetchAll(requests, limits);
  }

  void Add(const ApiError& error, std::optional<int64_t> remaining = {}) {
    script_.emplace_back(error, remaining);
  }
  void AddPage(int64_t remaining) { script_.emplace_back(std::nullopt, remaining); }
  const std::vector<std::string>& keys() const { return keys_; }
  const std::vector<size_t>& widths() const {
    return widths_;
  }  // the number of requests in each batch
  // Sets what happens during the n-th request, from 1.
  void SetOnRequest(std::function<void(size_t)> on_request) { on_request_ = std::move(on_request); }

 private:
  std::function<void(size_t)> on_request_;
  RequestStats& stats_;
  const ApiKey& key_;
  std::deque<std::pair<std::optional<ApiError>, std::optional<int64_t>>> script_;
  std::vector<std::string> keys_;
  std::vector<size_t> widths_;
};

class RetryingSource : public testing::Test {
 protected:
  RetryingSource() : path_(testing::TempDir() + "retrying_key_" + std::to_string(getpid())) {
    WriteKey("first");
    auto key = ApiKey::FromFile(path_, log_);
    key_ = std::move(key.value());
    auto script = std::make_unique<ScriptedSource>(stats_, *key_);
    script_ = script.get();
    source_ = std::make_unique<RetryingPageSource>(std::move(script), stats_, *key_, clock_,
                                                   [] { return 0.5; });
  }
  ~RetryingSource() override { std::filesystem::remove(path_); }

  void WriteKey(const std::string& key) { std::ofstream(path_, std::ios::trunc) << key; }

  Result<Page, ApiError> Fetch(std::chrono::seconds limit = std::chrono::seconds(100)) {
    return source_->Fetch({}, {.deadline = clock_.Steady() + limit, .stop = stop_.get_token()});
  }

  PageSource::Responses FetchAll(size_t count) {
    const std::vector<PageRequest> requests(count);
    return source_->FetchAll(requests, {.deadline = clock_.Steady() + std::chrono::seconds(100),
                                        .stop = stop_.get_token()});
  }

  int64_t sent() const { return stats_.requests_sent(); }

  NoLog log_;
  const std::string path_;
  FakeClock clock_;
  Ignore ignore_;
  RequestStats stats_{clock_, ignore_};
  std::unique_ptr<ApiKey> key_;
  ScriptedSource* script_{};
  std::unique_ptr<RetryingPageSource> source_;
  std::stop_source stop_;
};

}  // namespace xplenty
