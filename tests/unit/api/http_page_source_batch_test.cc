// Tests of several parallel requests over HTTP.

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "base/mutex.h"
#include "http_page_source_fixture.h"
#include "simulator/http_server.h"

namespace xplenty::http_page_source_batch_test {
namespace {

using simulator::HttpRequest;
using simulator::HttpResponse;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

std::string OffsetOf(const HttpRequest& request) {
  for (const auto& [name, value] : request.parameters) {
    if (name == "offset") return value;
  }
  return "0";
}

// One job, whose id is the requested offset.
HttpResponse JobOf(const HttpRequest& request) {
  HttpResponse response;
  response.body = R"([{"id":)" + OffsetOf(request) + R"(,"status":"running"}])";
  return response;
}

// Blocks requests until `count` of them have come. It is shared with the server's threads, which
// may still use it when the test has ended.
class Barrier {
 public:
  explicit Barrier(int count) : count_(count) {}
  // Counts one request.
  void Arrive() {
    const MutexLock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
  }
  // Counts one request and waits for the others; returns false after minutes.
  bool Wait() {
    Arrive();
    MutexLock lock(mutex_);
    const auto deadline = steady_clock::now() + std::chrono::minutes(10);
    while (arrived_ < count_) {
      if (changed_.wait_until(lock, deadline) == std::cv_status::timeout) return false;
    }
    return true;
  }

  // Lets all requests pass.
  void Open() {
    const MutexLock lock(mutex_);
    arrived_ = count_;
    changed_.notify_all();
  }

 private:
  const int count_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  int arrived_ GUARDED_BY(mutex_) = 0;
};

class HttpBatch : public HttpSource {
 protected:
  using Handler = simulator::HttpServer::Handler;

  void Serve(Handler handler) {
    auto server = simulator::HttpServer::Listen("127.0.0.1", 0, std::move(handler));
    ASSERT_TRUE(server.has_value());
    server_ = std::move(*server);
    source_ = Source("http://127.0.0.1:" + std::to_string(server_->port()));
  }

  PageSource::Responses FetchAll(int64_t count, milliseconds time = kAnHour,
                                 std::stop_token stop = {}) {
    std::vector<PageRequest> requests;
    for (int64_t i = 1; i <= count; ++i) requests.push_back({.offset = i});
    return source_->FetchAll(requests,
                             {.deadline = steady_clock::now() + time, .stop = std::move(stop)});
  }

  static std::vector<ErrorCode> Codes(const PageSource::Responses& responses) {
    std::vector<ErrorCode> codes;
    for (const auto& response : responses) {
      if (!response) codes.push_back(response.error().error.code);
    }
    return codes;
  }

  std::unique_ptr<simulator::HttpServer> server_;
  std::unique_ptr<HttpPageSource> source_;
};

TEST_F(HttpBatch, FetchesInParallelAndKeepsOrder) {
  const auto barrier = std::make_shared<Barrier>(8);
  Serve([barrier](const HttpRequest& request) {
    EXPECT_TRUE(barrier->Wait());
    EXPECT_EQ(request.authorization, "Basic czNzYW1lLTBwZW46");
    return JobOf(request);
  });
  const auto responses = FetchAll(8);
  ASSERT_EQ(responses.size(), 8U);
  for (size_t i = 0; i < responses.size(); ++i) {
    ASSERT_TRUE(responses[i].has_value()) << responses[i].error().error.message;
    EXPECT_EQ(responses[i]->jobs.at(0).id, static_cast<int64_t>(i) + 1);
  }
  EXPECT_EQ(recorder_.statuses, std::vector<int>(8, 200));
}

TEST_F(HttpBatch, KeepsItsConnectionsBetweenBatches) {
  struct Seen {
    Mutex mutex;
    std::shared_ptr<Barrier> barrier;
    std::set<std::thread::id> connections;  // each connection has its own thread
  };
  const auto seen = std::make_shared<Seen>();
  Serve([seen](const HttpRequest& request) {
    std::shared_ptr<Barrier> barrier;
    {
      const MutexLock lock(seen->mutex);
      seen->connections.insert(std::this_thread::get_id());
      barrier = seen->barrier;
    }
    EXPECT_TRUE(barrier->Wait());
    return JobOf(request);
  });
  for (int i = 0; i < 5; ++i) {
    {
      const MutexLock lock(seen->mutex);
      seen->barrier = std::make_shared<Barrier>(4);
    }
    EXPECT_TRUE(Codes(FetchAll(4)).empty());
  }
  const MutexLock lock(seen->mutex);
  EXPECT_EQ(seen->connections.size(), 4U);
}

TEST_F(HttpBatch, GivesEachRequestItsOwnResponse) {
  options_.max_body_bytes = 1'000'000;
  Serve([](const HttpRequest& request) {
    HttpResponse response = JobOf(request);
    const std::string offset = OffsetOf(request);
    if (offset == "2") {
      response.status = 429;
      response.headers = {{"Retry-After", "9"}, {"X-RateLimit-Remaining", "7"}};
    } else if (offset == "3") {
      response.status = 401;
      response.body = R"({"message":"bad key s3same-0pen"})";
    } else if (offset == "4") {
      response.leading_spaces = 2'000'000;
    } else if (offset == "5") {
      response.no_response = true;
    }
    return response;
  });
  const auto responses = FetchAll(6);
  EXPECT_TRUE(responses[0].has_value());
  EXPECT_EQ(responses[1].error().http_status, 429);
  EXPECT_EQ(responses[1].error().retry_after, seconds(9));
  EXPECT_EQ(responses[2].error().error.message, "list jobs: HTTP 401: bad key <redacted>");
  EXPECT_EQ(responses[3].error().error.message,
            "list jobs: the response is larger than 1000000 bytes");
  EXPECT_EQ(responses[4].error().error.code, ErrorCode::kNetwork);
  EXPECT_TRUE(responses[5].has_value());
  std::ranges::sort(recorder_.statuses);
  EXPECT_EQ(recorder_.statuses, (std::vector<int>{0, 0, 200, 200, 401, 429}));
  ASSERT_EQ(recorder_.limits.size(), 1U);
  EXPECT_EQ(recorder_.limits.front().remaining, 7);
}

TEST_F(HttpBatch, StopCancelsAllRequests) {
  const auto barrier = std::make_shared<Barrier>(5);
  const auto never = std::make_shared<Barrier>(100);
  Serve([barrier, never](const HttpRequest& request) {
    if (OffsetOf(request) == "1") return JobOf(request);
    barrier->Wait();
    never->Wait();
    return JobOf(request);
  });
  recorder_.on_request = [barrier](int status) {
    if (status == 200) barrier->Arrive();
  };
  std::stop_source stop;
  std::thread stopper([&] {
    EXPECT_TRUE(barrier->Wait());  // one request has ended, three hang
    stop.request_stop();
  });
  const auto responses = FetchAll(4, kAnHour, stop.get_token());
  stopper.join();
  EXPECT_TRUE(responses[0].has_value());
  for (size_t i = 1; i < 4; ++i) EXPECT_EQ(responses[i].error().error.code, ErrorCode::kCancelled);
  EXPECT_EQ(recorder_.statuses, (std::vector<int>{200, 0, 0, 0}));
  never->Open();
}

TEST_F(HttpBatch, ReturnsCompletedPagesAtTheDeadline) {
  const auto never = std::make_shared<Barrier>(100);
  Serve([never](const HttpRequest& request) {
    if (OffsetOf(request) != "2") never->Wait();
    return JobOf(request);
  });
  // On a busy machine the page that is sent may come after the first deadlines.
  PageSource::Responses responses;
  for (milliseconds time(200); responses.empty() || !responses[1]; time *= 2) {
    responses = FetchAll(3, time);
    EXPECT_EQ(responses[0].error().error.code, ErrorCode::kTimeout);
    EXPECT_EQ(responses[2].error().error.code, ErrorCode::kTimeout);
  }
  never->Open();
}

TEST_F(HttpBatch, SendsNothingAfterDeadlineOrStop) {
  std::atomic<int> requests = 0;
  Serve([&](const HttpRequest& request) {
    ++requests;
    return JobOf(request);
  });
  EXPECT_EQ(Codes(FetchAll(3, milliseconds(0))), std::vector<ErrorCode>(3, ErrorCode::kTimeout));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(Codes(FetchAll(3, kAnHour, stop.get_token())),
            std::vector<ErrorCode>(3, ErrorCode::kCancelled));
  EXPECT_EQ(requests, 0);
  EXPECT_TRUE(recorder_.statuses.empty());
  EXPECT_TRUE(Codes(FetchAll(3)).empty()) << "and works again";
}

}  // namespace
}  // namespace xplenty::http_page_source_batch_test
