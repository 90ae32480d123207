// Tests of several parallel requests, some of which fail.

#include <algorithm>

#include "retrying_page_source_fixture.h"

namespace xplenty::retrying_batch_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RetryingBatch : public RetryingSource {
 protected:
  static bool AllFailed(const PageSource::Responses& responses, ErrorCode code) {
    return std::ranges::all_of(responses, [&](const auto& response) {
      return !response && response.error().error.code == code;
    });
  }
  static bool AllCame(const PageSource::Responses& responses) {
    return std::ranges::all_of(responses,
                               [](const auto& response) { return response.has_value(); });
  }
};

TEST_F(RetryingBatch, GoesOutAtOnce) {
  EXPECT_TRUE(AllCame(FetchAll(4)));
  EXPECT_EQ(script_->widths(), std::vector<size_t>{4});
  EXPECT_EQ(sent(), 4);
}

TEST_F(RetryingBatch, RetriesFailedRequestsOneByOne) {
  script_->AddPage(4000);
  script_->Add(Failure(ErrorCode::kHttp, 503));
  script_->AddPage(4000);
  script_->Add(Failure(ErrorCode::kTimeout, 0));
  const SteadyTime start = clock_.Steady();
  EXPECT_TRUE(AllCame(FetchAll(4)));
  EXPECT_EQ(script_->widths(), std::vector<size_t>{4});
  EXPECT_EQ(sent(), 6);
  EXPECT_EQ(clock_.Steady() - start, milliseconds(250));  // the second retry need not wait
}

TEST_F(RetryingBatch, SendsOneRequestAfter429) {
  for (int i = 0; i < 4; ++i) script_->Add(Failure(ErrorCode::kRateLimit, 429, seconds(7)));
  script_->Add(Failure(ErrorCode::kRateLimit, 429, seconds(200)));
  const SteadyTime start = clock_.Steady();
  EXPECT_TRUE(AllFailed(FetchAll(4), ErrorCode::kRateLimit));
  EXPECT_EQ(sent(), 5);
  EXPECT_EQ(clock_.Steady() - start, seconds(7));
  EXPECT_TRUE(AllFailed(FetchAll(4), ErrorCode::kRateLimit));
  EXPECT_EQ(sent(), 5);
}

TEST_F(RetryingBatch, ContinuesOneByOneAfter429) {
  for (int i = 0; i < 4; ++i) script_->Add(Failure(ErrorCode::kRateLimit, 429, seconds(7)));
  const SteadyTime start = clock_.Steady();
  EXPECT_TRUE(AllCame(FetchAll(4)));
  EXPECT_EQ(sent(), 8);
  EXPECT_EQ(clock_.Steady() - start, seconds(7));
  EXPECT_EQ(stats_.budget().MaxConcurrency(clock_.Steady()), 1U);
}

TEST_F(RetryingBatch, StopsForARefusedKey) {
  for (int i = 0; i < 4; ++i) script_->Add(Failure(ErrorCode::kAuth, 401));
  EXPECT_TRUE(AllFailed(FetchAll(4), ErrorCode::kAuth));
  EXPECT_TRUE(AllFailed(FetchAll(4), ErrorCode::kAuth));
  EXPECT_EQ(sent(), 4);
}

TEST_F(RetryingBatch, ProbesARefusedKeyOnce) {
  script_->Add(Failure(ErrorCode::kAuth, 403));
  script_->Add(Failure(ErrorCode::kAuth, 403));
  EXPECT_FALSE(Fetch().has_value());
  clock_.Advance(seconds(60));
  EXPECT_TRUE(AllFailed(FetchAll(4), ErrorCode::kAuth));
  EXPECT_EQ(sent(), 2);
}

TEST_F(RetryingBatch, TriesARotatedKeyAtOnce) {
  script_->SetOnRequest([&](size_t) { WriteKey("second"); });
  for (int i = 0; i < 3; ++i) script_->Add(Failure(ErrorCode::kAuth, 401));
  EXPECT_TRUE(AllCame(FetchAll(3)));
  EXPECT_EQ(script_->keys(),
            (std::vector<std::string>{"first", "first", "first", "second", "second", "second"}));
}

TEST_F(RetryingBatch, PermanentErrorStopsAllRetries) {
  script_->Add(Failure(ErrorCode::kHttp, 503));
  script_->AddPage(4000);
  script_->Add(Failure(ErrorCode::kParse, 200));
  const auto responses = FetchAll(3);
  EXPECT_EQ(responses[0].error().error.code, ErrorCode::kParse);
  EXPECT_TRUE(responses[1].has_value());
  EXPECT_EQ(responses[2].error().error.code, ErrorCode::kParse);
  EXPECT_EQ(sent(), 3);
}

TEST_F(RetryingBatch, FirstExhaustedRequestFailsTheBatch) {
  for (int i = 0; i < 40; ++i) script_->Add(Failure(ErrorCode::kHttp, 502));
  EXPECT_TRUE(AllFailed(FetchAll(8), ErrorCode::kHttp));
  EXPECT_EQ(sent(), 8 + 4);
}

TEST_F(RetryingBatch, EndsWithAStop) {
  script_->SetOnRequest([&](size_t) { stop_.request_stop(); });
  for (int i = 0; i < 4; ++i) script_->Add(Failure(ErrorCode::kNetwork, 0));
  EXPECT_TRUE(AllFailed(FetchAll(4), ErrorCode::kCancelled));
  EXPECT_EQ(sent(), 4);
  EXPECT_TRUE(AllFailed(FetchAll(4), ErrorCode::kCancelled));
  EXPECT_EQ(sent(), 4);
}

TEST_F(RetryingBatch, SpendsNothingOfASpentBudget) {
  script_->AddPage(0);
  EXPECT_TRUE(Fetch().has_value());
  EXPECT_TRUE(AllFailed(FetchAll(4), ErrorCode::kRateLimit));
  EXPECT_EQ(sent(), 1);
}

}  // namespace
}  // namespace xplenty::retrying_batch_test
