#include "simulator/faults.h"

#include <algorithm>
#include <future>
#include <set>

#include <gmock/gmock.h>

#include "unit/simulator/simulator_fixture.h"

namespace xplenty::simulator::faults_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FaultsTest : public SimulatorTest {
 protected:
  static constexpr int64_t kAnHour = 3'600'000;  // in milliseconds

  void SetUp() override {
    Start(Still());
    json jobs = json::array();
    for (int i = 1; i <= 6; ++i) {
      jobs.push_back({{"id", i},
                      {"status", "completed"},
                      {"created_at", "2026-01-02T09:0" + std::to_string(i) + ":00Z"},
                      {"updated_at", i <= 5 ? "2026-01-02T10:00:00Z" : "2026-01-02T11:59:50Z"}});
    }
    Post("/_jobs", jobs);
  }

  // The status of a list request on its own connection; 0 without a response.
  std::future<int> StatusLater() {
    return std::async(std::launch::async, [client = NewClient()] {
      const auto result = client->Get("/demo/api/jobs", Headers());
      return result ? result->status : 0;
    });
  }
  void AwaitARequest() {
    while (Get("/_requests")["total"] != 1) std::this_thread::yield();
  }
  void ExpectWaitsUntilCleared() {
    auto waiting = StatusLater();
    AwaitARequest();
    EXPECT_EQ(Get("/_requests")["list"][0]["status"], 0);
    client_->Delete("/_faults");
    EXPECT_EQ(waiting.get(), 200);
  }
};

TEST_F(FaultsTest, StatusFaultCountsRequests) {
  Post("/_faults", {{"status", {{"503", 1.0}}}, {"for_requests", 2}});
  EXPECT_EQ(ListStatus(), 503);
  EXPECT_EQ(ListStatus(), 503);
  EXPECT_EQ(ListStatus(), 200);
}

TEST_F(FaultsTest, CarryRetryAfter) {
  Post("/_faults", {{"status", {{"429", 1.0}}}, {"retry_after", "2"}});
  const auto result = List();
  EXPECT_EQ(result->status, 429);
  EXPECT_EQ(result->get_header_value("Retry-After"), "2");
  client_->Delete("/_faults");
  EXPECT_EQ(ListStatus(), 200);
}

TEST_F(FaultsTest, RespondWithHtml) {
  Post("/_faults", {{"html", 1.0}});
  EXPECT_EQ(List()->get_header_value("Content-Type"), "text/html");
  EXPECT_THAT(List()->body, HasSubstr("<html>"));
}

TEST_F(FaultsTest, BodyIsShorterThanItsLength) {
  const size_t whole = List()->body.size();
  Post("/_faults", {{"cut_body", 1.0}});
  std::string received;
  const auto result =
      client_->Get("/demo/api/jobs", Headers(), [&](const char* bytes, size_t size) {
        received.append(bytes, size);
        return true;
      });
  EXPECT_FALSE(result);
  EXPECT_EQ(received.size(), whole / 2);
}

TEST_F(FaultsTest, JsonIsTruncated) {
  Post("/_faults", {{"cut_json", 1.0}});
  const auto result = List();
  ASSERT_TRUE(result);
  EXPECT_TRUE(json::parse(result->body, nullptr, false).is_discarded());
}

TEST_F(FaultsTest, CloseWithoutResponse) {
  Post("/_faults", {{"close", 1.0}, {"for_requests", 1}});
  EXPECT_FALSE(List());
  EXPECT_EQ(Get("/_requests")["list"][0]["status"], 0);
  EXPECT_EQ(ListStatus(), 200);
}

TEST_F(FaultsTest, FloodWithSpacesBeforeTheRows) {
  Post("/_faults", {{"flood_mib", 2}});
  for (const char* coding : {"identity", "gzip"}) {
    auto headers = Headers();
    headers.emplace("Accept-Encoding", coding);
    const auto result = client_->Get("/demo/api/jobs", headers);
    ASSERT_TRUE(result) << coding;
    EXPECT_GT(result->body.size(), 2U << 20U) << coding;
    EXPECT_EQ(json::parse(result->body).size(), 6U) << coding;
  }
}

TEST_F(FaultsTest, DripTheBody) {
  const std::string whole = List("limit=1")->body;
  Post("/_faults", {{"slow_bytes_ms", 1}});
  EXPECT_EQ(List("limit=1")->body, whole);

  Post("/_faults", {{"slow_bytes_ms", kAnHour}});
  std::promise<void> head;
  size_t bytes = 0;
  auto download = std::async(std::launch::async, [&, client = NewClient()] {
    return static_cast<bool>(client->Get(
        "/demo/api/jobs?limit=1", Headers(),
        [&](const httplib::Response&) {
          head.set_value();
          return true;
        },
        [&](const char*, size_t size) {
          bytes += size;
          return true;
        }));
  });
  head.get_future().wait();
  simulator_->Stop();
  EXPECT_FALSE(download.get());
  EXPECT_EQ(bytes, 0U);
}

TEST_F(FaultsTest, DelayTheResponse) {
  Post("/_faults", {{"latency_ms", 1}});
  EXPECT_EQ(ListStatus(), 200);
  client_->Delete("/_requests");
  Post("/_faults", {{"latency_ms", kAnHour}});
  ExpectWaitsUntilCleared();
}

TEST_F(FaultsTest, HangUntilClearedWithoutBlockingControl) {
  Post("/_faults", {{"hang", true}});
  ExpectWaitsUntilCleared();
}

TEST_F(FaultsTest, HangAfterSomeRequests) {
  Post("/_faults", {{"hang_after", 2}});
  EXPECT_EQ(ListStatus(), 200);
  EXPECT_EQ(ListStatus(), 200);
  client_->Delete("/_requests");
  ExpectWaitsUntilCleared();
}

TEST_F(FaultsTest, HangDoesNotDelayTheStop) {
  Post("/_faults", {{"hang", true}});
  auto hanging = StatusLater();
  AwaitARequest();
  simulator_->Stop();
  EXPECT_EQ(hanging.get(), 0);
}

TEST_F(FaultsTest, ShuffleKeepsTheOrderOfOthers) {
  Post("/_faults", {{"shuffle_ties", true}});
  std::set<std::vector<int64_t>> orders;
  for (int i = 0; i < 20; ++i) {
    const auto ids = Ids("sort=updated_at&direction=asc");
    ASSERT_EQ(ids.size(), 6U);
    EXPECT_EQ(ids.back(), 6);
    orders.insert(ids);
  }
  EXPECT_GT(orders.size(), 1U);
}

TEST_F(FaultsTest, MoveAFinishedRowBetweenRequests) {
  Post("/_jobs", {{"id", 9}, {"status", "running"}});
  auto options = Still(100);
  Start(options);
  const auto newest = Ids("sort=updated_at&limit=1");
  Post("/_clock", {{"advance_seconds", 5}});
  Post("/_faults", {{"move_rows", 1.0}});
  bool moved = false;
  for (int i = 0; i < 20 && !moved; ++i) moved = Ids("sort=updated_at&limit=1") != newest;
  EXPECT_TRUE(moved);
  EXPECT_EQ(Rows("sort=updated_at&limit=1")[0]["updated_at"], "2026-01-02T12:00:05Z");
}

TEST_F(FaultsTest, IgnoreSortAndSince) {
  Post("/_faults", {{"ignore_sort", true}});
  EXPECT_THAT(Ids("sort=id&direction=asc"), ElementsAre(6, 5, 4, 3, 2, 1));
  Post("/_faults", {{"ignore_since", true}});
  EXPECT_EQ(Ids("since=2026-01-02T11:00:00Z").size(), 6U);
}

TEST_F(FaultsTest, ShowRowsOnlyAfterALag) {
  Post("/_faults", {{"updated_at_lag_seconds", 20}});
  EXPECT_EQ(Ids().size(), 5U);
  EXPECT_TRUE(Ids("since=2026-01-02T11:59:50Z&sort=updated_at").empty());
  EXPECT_TRUE(Ids("since=2026-01-02T11:59:59Z&sort=updated_at").empty());
  Post("/_clock", {{"advance_seconds", 10}});
  EXPECT_EQ(Ids().size(), 6U);
}

TEST_F(FaultsTest, SkewOrLeaveOutHeaders) {
  Post("/_faults", {{"clock_skew_seconds", -60}});
  EXPECT_EQ(List()->get_header_value("Date"), "Fri, 02 Jan 2026 11:59:00 GMT");
  Post("/_faults", {{"no_date", true}, {"no_rate_headers", true}});
  const auto result = List();
  EXPECT_FALSE(result->has_header("Date"));
  EXPECT_FALSE(result->has_header("X-RateLimit-Limit"));
  EXPECT_FALSE(result->has_header("X-RateLimit-Remaining"));
}

TEST_F(FaultsTest, RejectTheKey) {
  Post("/_faults", {{"reject_key", 402}});
  EXPECT_EQ(ListStatus(), 402);
}

TEST_F(FaultsTest, AreRefusedWhenMisspelled) {
  EXPECT_EQ(client_->Post("/_faults", "{\"hangs\":true}", "application/json")->status, 400);
  EXPECT_EQ(client_->Post("/_faults", "{\"hang\":", "application/json")->status, 400);
}

}  // namespace
}  // namespace xplenty::simulator::faults_test
