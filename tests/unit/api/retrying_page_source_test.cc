#include "retrying_page_source_fixture.h"

namespace xplenty::retrying_page_source_test {
namespace {

using std::chrono::seconds;

TEST_F(RetryingSource, RetriesTransientErrors) {
  for (const ApiError& error : {Failure(ErrorCode::kHttp, 500), Failure(ErrorCode::kHttp, 503),
                                Failure(ErrorCode::kTimeout, 0), Failure(ErrorCode::kNetwork, 0),
                                Failure(ErrorCode::kRateLimit, 429)}) {
    script_->Add(error);
    const int64_t previous = sent();
    EXPECT_TRUE(Fetch().has_value()) << error.http_status;
    EXPECT_EQ(sent() - previous, 2);
  }
}

TEST_F(RetryingSource, DoesNotRetryPermanentErrors) {
  for (const ApiError& error : {Failure(ErrorCode::kHttp, 404), Failure(ErrorCode::kHttp, 406),
                                Failure(ErrorCode::kHttp, 302), Failure(ErrorCode::kParse, 200),
                                Failure(ErrorCode::kCancelled, 0)}) {
    script_->Add(error);
    const int64_t previous = sent();
    const auto page = Fetch();
    ASSERT_FALSE(page.has_value());
    EXPECT_EQ(page.error().error.code, error.error.code);
    EXPECT_EQ(sent() - previous, 1);
  }
}

TEST_F(RetryingSource, GivesUpAfterFiveAttempts) {
  for (int i = 0; i < 9; ++i) script_->Add(Failure(ErrorCode::kHttp, 502));
  const SteadyTime start = clock_.Steady();
  EXPECT_FALSE(Fetch().has_value());
  EXPECT_EQ(sent(), 5);
  EXPECT_EQ(clock_.Steady() - start, std::chrono::milliseconds(250 + 500 + 1000 + 2000));
}

TEST_F(RetryingSource, StartsNoRetryBeyondTheDeadline) {
  for (int i = 0; i < 9; ++i) script_->Add(Failure(ErrorCode::kNetwork, 0));
  const SteadyTime start = clock_.Steady();
  EXPECT_FALSE(Fetch(seconds(1)).has_value());  // after 250 and 500 ms the next delay is 1 s
  EXPECT_EQ(sent(), 3);
  EXPECT_LT(clock_.Steady(), start + seconds(1));
}

TEST_F(RetryingSource, WaitsForRetryAfter) {
  script_->Add(Failure(ErrorCode::kRateLimit, 429, seconds(7)), 0);
  const SteadyTime start = clock_.Steady();
  EXPECT_TRUE(Fetch().has_value());
  EXPECT_EQ(clock_.Steady() - start, seconds(7));
}

TEST_F(RetryingSource, RetryAfterBeyondDeadlineBlocksRequests) {
  script_->Add(Failure(ErrorCode::kRateLimit, 429, seconds(200)));
  const SteadyTime start = clock_.Steady();
  EXPECT_FALSE(Fetch().has_value());
  EXPECT_EQ(clock_.Steady(), start);
  clock_.Advance(seconds(199));
  const auto refused = Fetch();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().error.code, ErrorCode::kRateLimit);
  EXPECT_EQ(refused.error().error.message,
            "list jobs: no request sent for another 1s: the rate limit is used up");
  EXPECT_EQ(sent(), 1);
  clock_.Advance(seconds(1));
  EXPECT_TRUE(Fetch().has_value());
}

TEST_F(RetryingSource, PausesAMinuteAfter429) {
  for (int i = 0; i < 5; ++i) script_->Add(Failure(ErrorCode::kRateLimit, 429));
  EXPECT_FALSE(Fetch().has_value());
  clock_.Advance(seconds(59));
  EXPECT_FALSE(Fetch().has_value());
  EXPECT_EQ(sent(), 5);
  clock_.Advance(seconds(1));
  EXPECT_TRUE(Fetch().has_value());
}

TEST_F(RetryingSource, DoesNotRetryWithoutBudget) {
  script_->Add(Failure(ErrorCode::kHttp, 500), 0);
  EXPECT_FALSE(Fetch().has_value());
  EXPECT_EQ(sent(), 1);
}

TEST_F(RetryingSource, KeepsTheReserveForAnHour) {
  script_->AddPage(6);
  script_->AddPage(5);
  EXPECT_TRUE(Fetch().has_value());
  EXPECT_TRUE(Fetch().has_value());
  clock_.Advance(seconds(3599));
  EXPECT_FALSE(Fetch().has_value());
  EXPECT_EQ(sent(), 2);
  clock_.Advance(seconds(1));
  EXPECT_TRUE(Fetch().has_value());
}

TEST_F(RetryingSource, DoublesThePauseWithEach429) {
  for (int i = 0; i < 40; ++i) script_->Add(Failure(ErrorCode::kRateLimit, 429));
  EXPECT_FALSE(Fetch().has_value());
  int64_t expected = 5;
  for (const int minutes : {1, 2, 4, 8, 16, 32, 60, 60}) {
    clock_.Advance(std::chrono::minutes(minutes) - seconds(1));
    EXPECT_FALSE(Fetch().has_value());
    EXPECT_EQ(sent(), expected) << minutes;
    clock_.Advance(seconds(1));
    EXPECT_FALSE(Fetch().has_value());
    EXPECT_EQ(sent(), ++expected) << minutes;
  }
}

TEST_F(RetryingSource, AnyRetryAfterBlocksRequests) {
  script_->Add(Failure(ErrorCode::kHttp, 503, seconds(200)));
  EXPECT_FALSE(Fetch().has_value());
  clock_.Advance(seconds(199));
  const auto refused = Fetch();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().error.code, ErrorCode::kHttp);
  EXPECT_EQ(refused.error().retry_after, seconds(1));
  EXPECT_EQ(refused.error().error.message, "list jobs: no request sent for another 1s: failed");
  EXPECT_EQ(sent(), 1);
  clock_.Advance(seconds(1));
  EXPECT_TRUE(Fetch().has_value());
}

TEST_F(RetryingSource, OpensTheCircuitForRefusedKeys) {
  script_->Add({.error = {ErrorCode::kAuth, "list jobs: HTTP 403: no"},
                .http_status = 403,
                .retry_after = {}});
  EXPECT_FALSE(Fetch().has_value());
  const auto refused = Fetch();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().error.code, ErrorCode::kAuth);
  EXPECT_EQ(refused.error().error.message,
            "list jobs: no request sent for another 1m: HTTP 403: no");
  EXPECT_EQ(sent(), 1);
  clock_.Advance(seconds(60));
  EXPECT_TRUE(Fetch().has_value());
  EXPECT_TRUE(Fetch().has_value());
}

TEST_F(RetryingSource, DoesNotRetryAProbe) {
  script_->Add(Failure(ErrorCode::kAuth, 403));
  for (int i = 0; i < 5; ++i) script_->Add(Failure(ErrorCode::kHttp, 500));
  EXPECT_FALSE(Fetch().has_value());
  clock_.Advance(seconds(60));
  const auto probe = Fetch();
  ASSERT_FALSE(probe.has_value());
  EXPECT_EQ(probe.error().http_status, 500);
  EXPECT_EQ(sent(), 2);
}

TEST_F(RetryingSource, RereadsTheKeyFileAfter401) {
  script_->SetOnRequest([&](size_t) { WriteKey("second"); });
  script_->Add(Failure(ErrorCode::kAuth, 401));
  const SteadyTime start = clock_.Steady();
  EXPECT_TRUE(Fetch().has_value());
  EXPECT_EQ(script_->keys(), (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(clock_.Steady(), start);
}

TEST_F(RetryingSource, RetriesOnceWithANewKey) {
  script_->Add(Failure(ErrorCode::kAuth, 401));
  EXPECT_FALSE(Fetch().has_value());
  EXPECT_EQ(sent(), 1);
  clock_.Advance(seconds(60));
  script_->SetOnRequest([&](size_t request) { WriteKey("key" + std::to_string(request)); });
  script_->Add(Failure(ErrorCode::kAuth, 401));
  script_->Add(Failure(ErrorCode::kAuth, 401));
  EXPECT_FALSE(Fetch().has_value());
  EXPECT_EQ(script_->keys(), (std::vector<std::string>{"first", "first", "key2"}));
}

// Kubernetes replaces the files of a secret like this.
TEST_F(RetryingSource, FollowsAReplacedSymlinkToTheKey) {
  namespace fs = std::filesystem;
  const fs::path other = path_ + "_other";
  std::ofstream(other) << "second";
  const fs::path link = path_ + "_link";
  EXPECT_TRUE(Fetch().has_value());
  fs::create_symlink(other, link);
  fs::rename(link, path_);
  EXPECT_TRUE(Fetch().has_value());
  EXPECT_EQ(script_->keys(), (std::vector<std::string>{"first", "second"}));
  fs::remove(other);
  EXPECT_TRUE(Fetch().has_value());
  EXPECT_EQ(script_->keys().back(), "second") << "the last readable key stays";
}

TEST_F(RetryingSource, TriesARotatedKeyAtOnce) {
  for (const int status : {401, 402, 403}) {
    WriteKey("old" + std::to_string(status));
    EXPECT_TRUE(key_->Reload().value());
    script_->Add(Failure(ErrorCode::kAuth, status));
    EXPECT_FALSE(Fetch().has_value());
    WriteKey("new" + std::to_string(status));
    EXPECT_TRUE(Fetch().has_value()) << status;
  }
}

TEST_F(RetryingSource, ReportsAnUnreadableKeyFile) {
  std::filesystem::remove(path_);
  script_->Add(Failure(ErrorCode::kAuth, 401));
  const auto page = Fetch();
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error().error.message,
            "list jobs: failed; cannot read API key file " + path_ + ": No such file or directory");
}

TEST_F(RetryingSource, ReloadedKeyClosesTheCircuit) {
  script_->Add(Failure(ErrorCode::kAuth, 403));
  EXPECT_FALSE(Fetch().has_value());
  WriteKey("second");
  EXPECT_TRUE(key_->Reload().value());
  EXPECT_TRUE(Fetch().has_value());
}

TEST_F(RetryingSource, IsCancelledByAStop) {
  script_->Add(Failure(ErrorCode::kNetwork, 0));
  stop_.request_stop();
  const auto page = Fetch();
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error().error.code, ErrorCode::kCancelled);
  EXPECT_EQ(sent(), 0);
}

}  // namespace
}  // namespace xplenty::retrying_page_source_test
