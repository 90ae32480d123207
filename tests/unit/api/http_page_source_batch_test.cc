// Several requests side by side over HTTP.

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "base/mutex.h"
#include "http_page_source_fixture.h"
#include "simulator/http_server.h"

namespace xplenty {
namespace {

using simulator::HttpAnswer;
using simulator::HttpRequest;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

std::string OffsetOf(const HttpRequest& request) {
  for (const auto& [name, value] : request.parameters) {
    if (name == "offset") return value;
  }
  return "0";
}

// One job whose id is the offset that was asked for.
HttpAnswer JobOf(const HttpRequest& request) {
  HttpAnswer answer;
  answer.body = R"([{"id":)" + OffsetOf(request) + R"(,"status":"running"}])";
  return answer;
}

// Lets nobody pass before so many have come. Shared with the server's threads, which may still be
// leaving it when the test is over.
class Hurdle {
 public:
  explicit Hurdle(int height) : height_(height) {}
  // Counts one.
  void Come() {
    const MutexLock lock(mutex_);
    ++come_;
    changed_.notify_all();
  }
  // Counts one and waits for the others; false after minutes.
  bool Pass() {
    Come();
    MutexLock lock(mutex_);
    const auto deadline = steady_clock::now() + std::chrono::minutes(10);
    while (come_ < height_) {
      if (changed_.wait_until(lock, deadline) == std::cv_status::timeout) return false;
    }
    return true;
  }

  // All may pass.
  void Drop() {
    const MutexLock lock(mutex_);
    come_ = height_;
    changed_.notify_all();
  }

 private:
  const int height_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  int come_ GUARDED_BY(mutex_) = 0;
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

  static std::vector<ErrorCode> Codes(const PageSource::Responses& answers) {
    std::vector<ErrorCode> codes;
    for (const auto& answer : answers) {
      if (!answer) codes.push_back(answer.error().error.code);
    }
    return codes;
  }

  std::unique_ptr<simulator::HttpServer> server_;
  std::unique_ptr<HttpPageSource> source_;
};

TEST_F(HttpBatch, FetchesInParallelAndKeepsOrder) {
  const auto hurdle = std::make_shared<Hurdle>(8);
  Serve([hurdle](const HttpRequest& request) {
    EXPECT_TRUE(hurdle->Pass());
    EXPECT_EQ(request.authorization, "Basic czNzYW1lLTBwZW46");
    return JobOf(request);
  });
  const auto answers = FetchAll(8);
  ASSERT_EQ(answers.size(), 8U);
  for (size_t i = 0; i < answers.size(); ++i) {
    ASSERT_TRUE(answers[i].has_value()) << answers[i].error().error.message;
    EXPECT_EQ(answers[i]->jobs.at(0).id, static_cast<int64_t>(i) + 1);
  }
  EXPECT_EQ(recorder_.statuses, std::vector<int>(8, 200));
}

TEST_F(HttpBatch, KeepsItsConnectionsBetweenBatches) {
  struct Seen {
    Mutex mutex;
    std::shared_ptr<Hurdle> hurdle;
    std::set<std::thread::id> connections;  // each has a thread of its own
  };
  const auto seen = std::make_shared<Seen>();
  Serve([seen](const HttpRequest& request) {
    std::shared_ptr<Hurdle> hurdle;
    {
      const MutexLock lock(seen->mutex);
      seen->connections.insert(std::this_thread::get_id());
      hurdle = seen->hurdle;
    }
    EXPECT_TRUE(hurdle->Pass());
    return JobOf(request);
  });
  for (int i = 0; i < 5; ++i) {
    {
      const MutexLock lock(seen->mutex);
      seen->hurdle = std::make_shared<Hurdle>(4);
    }
    EXPECT_TRUE(Codes(FetchAll(4)).empty());
  }
  const MutexLock lock(seen->mutex);
  EXPECT_EQ(seen->connections.size(), 4U);
}

TEST_F(HttpBatch, GivesEachRequestItsOwnAnswer) {
  options_.max_body_bytes = 1'000'000;
  Serve([](const HttpRequest& request) {
    HttpAnswer answer = JobOf(request);
    const std::string offset = OffsetOf(request);
    if (offset == "2") {
      answer.status = 429;
      answer.headers = {{"Retry-After", "9"}, {"X-RateLimit-Remaining", "7"}};
    } else if (offset == "3") {
      answer.status = 401;
      answer.body = R"({"message":"bad key s3same-0pen"})";
    } else if (offset == "4") {
      answer.leading_spaces = 2'000'000;
    } else if (offset == "5") {
      answer.unanswered = true;
    }
    return answer;
  });
  const auto answers = FetchAll(6);
  EXPECT_TRUE(answers[0].has_value());
  EXPECT_EQ(answers[1].error().http_status, 429);
  EXPECT_EQ(answers[1].error().retry_after, seconds(9));
  EXPECT_EQ(answers[2].error().error.message, "list jobs: HTTP 401: bad key <redacted>");
  EXPECT_EQ(answers[3].error().error.message, "list jobs: the answer is larger than 1000000 bytes");
  EXPECT_EQ(answers[4].error().error.code, ErrorCode::kNetwork);
  EXPECT_TRUE(answers[5].has_value());
  std::ranges::sort(recorder_.statuses);
  EXPECT_EQ(recorder_.statuses, (std::vector<int>{0, 0, 200, 200, 401, 429}));
  ASSERT_EQ(recorder_.limits.size(), 1U);
  EXPECT_EQ(recorder_.limits.front().remaining, 7);
}

TEST_F(HttpBatch, StopCancelsAllRequests) {
  const auto hurdle = std::make_shared<Hurdle>(5);
  const auto never = std::make_shared<Hurdle>(100);
  Serve([hurdle, never](const HttpRequest& request) {
    if (OffsetOf(request) == "1") return JobOf(request);
    hurdle->Pass();
    never->Pass();
    return JobOf(request);
  });
  recorder_.on_request = [hurdle](int status) {
    if (status == 200) hurdle->Come();
  };
  std::stop_source stop;
  std::thread stopper([&] {
    EXPECT_TRUE(hurdle->Pass());  // one request has ended, three hang
    stop.request_stop();
  });
  const auto answers = FetchAll(4, kAnHour, stop.get_token());
  stopper.join();
  EXPECT_TRUE(answers[0].has_value());
  for (size_t i = 1; i < 4; ++i) EXPECT_EQ(answers[i].error().error.code, ErrorCode::kCancelled);
  EXPECT_EQ(recorder_.statuses, (std::vector<int>{200, 0, 0, 0}));
  never->Drop();
}

TEST_F(HttpBatch, ReturnsCompletedPagesAtTheDeadline) {
  const auto never = std::make_shared<Hurdle>(100);
  Serve([never](const HttpRequest& request) {
    if (OffsetOf(request) != "2") never->Pass();
    return JobOf(request);
  });
  // On a busy machine the page that is sent may come after the first deadlines.
  PageSource::Responses answers;
  for (milliseconds time(200); answers.empty() || !answers[1]; time *= 2) {
    answers = FetchAll(3, time);
    EXPECT_EQ(answers[0].error().error.code, ErrorCode::kTimeout);
    EXPECT_EQ(answers[2].error().error.code, ErrorCode::kTimeout);
  }
  never->Drop();
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
}  // namespace xplenty
