#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include "api/backoff.h"
#include "api/http_headers.h"
#include "api/retrying_page_source.h"
#include "base/timestamp.h"
#include "support/fake_clock.h"
#include "support/no_log.h"

namespace xplenty::refusal_property_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class Ignore final : public RequestObserver {
 public:
  void OnRequest(int, std::chrono::duration<double>) override {}
  void OnRateLimit(const RateLimit&) override {}
};

// An API that knows the right key and fails now and then. It records the last request.
class KeyCheckingApi final : public PageSource {
 public:
  KeyCheckingApi(RequestStats& stats, const ApiKey& key, const Clock& clock)
      : stats_(stats), key_(key), clock_(clock) {}

  Result<Page, ApiError> Fetch(const PageRequest&, const RequestLimits&) override {
    const std::string key = key_.Load().Reveal();
    const bool refused = !broken && key != right_key;
    // The tested property: within a minute after a refusal, or after a probe that followed one,
    // there is no request except with another key.
    if (last && last->refused) {
      RC_ASSERT(clock_.Steady() - last->at >= minutes(1) || key != last->key);
    }
    // A failed request says nothing: a refused key stays refused, and another key stays unknown.
    const bool still = broken && last && last->refused && last->key == key;
    last = SentRequest{.at = clock_.Steady(), .key = key, .refused = refused || still};
    ++requests;
    stats_.OnRequest(broken ? 500 : refused ? status : 200, {});
    if (broken) return Failed(ErrorCode::kHttp, 500);
    if (refused) return Failed(ErrorCode::kAuth, status);
    return Page{};
  }

  struct SentRequest {
    SteadyTime at;
    std::string key;
    bool refused{};
  };
  std::string right_key = "a";
  bool broken = false;
  int status = 401;
  int requests = 0;
  std::optional<SentRequest> last;

 private:
  static ApiError Failed(ErrorCode code, int status) {
    return {.error = {code, "list jobs: failed"}, .http_status = status, .retry_after = {}};
  }
  RequestStats& stats_;
  const ApiKey& key_;
  const Clock& clock_;
};

RC_GTEST_PROP(CircuitProperty, SendsRefusedKeyOncePerMinute, ()) {
  const std::string path = testing::TempDir() + "refusal_key_" + std::to_string(getpid());
  const auto write_key = [&](const std::string& key) {
    std::ofstream(path, std::ios::trunc) << key;
  };
  write_key("a");
  FakeClock clock;
  Ignore ignore;
  RequestStats stats(clock, ignore);
  NoLog log;
  const auto key = std::move(ApiKey::FromFile(path, log).value());
  auto api_owner = std::make_unique<KeyCheckingApi>(stats, *key, clock);
  KeyCheckingApi& api = *api_owner;
  RetryingPageSource source(std::move(api_owner), stats, *key, clock, [] { return 0.5; });
  const auto scrape = [&] {
    return source.Fetch({}, {.deadline = clock.Steady() + seconds(60), .stop = {}}).has_value();
  };
  const auto any_key = [] { return std::string(1, *rc::gen::element('a', 'b', 'c')); };

  const int steps = *rc::gen::inRange(1, 80);
  for (int step = 0; step < steps; ++step) {
    switch (*rc::gen::inRange(0, 8)) {
      case 0:
        write_key(any_key());
        break;
      case 1:
        RC_ASSERT(key->Reload().has_value());
        break;
      case 2:
        api.right_key = any_key();
        api.status = *rc::gen::element(401, 402, 403);
        break;
      case 3:
        api.broken = !api.broken;
        break;
      case 4:
        clock.Advance(seconds(*rc::gen::inRange(1, 90)));
        break;
      default:
        scrape();
    }
  }
  // A right key in the file works within a minute, without a restart or a reload...
  api.broken = false;
  write_key(api.right_key);
  clock.Advance(minutes(1));
  RC_ASSERT(scrape());
  // ... and at once after a reload.
  api.right_key = "d";
  scrape();
  const int previous = api.requests;
  RC_ASSERT(!scrape());
  RC_ASSERT(api.requests == previous);
  write_key("d");
  RC_ASSERT(key->Reload().value());
  RC_ASSERT(scrape());
  std::filesystem::remove(path);
}

milliseconds Ceiling(int attempt) {
  return std::min(milliseconds(30'000), milliseconds(500) * (1 << std::min(attempt, 6)));
}

RC_GTEST_PROP(BackoffProperty, StaysWithinBounds, ()) {
  const int attempt = *rc::gen::inRange(0, 1'000'000);
  const double random = *rc::gen::inRange(0, 1'000'000) / 1e6;
  const milliseconds plain = BackoffDelay(attempt, random, {});
  RC_ASSERT(plain >= milliseconds(0));
  RC_ASSERT(plain < Ceiling(attempt));
  const seconds retry_after(*rc::gen::inRange(0, 3601));
  const milliseconds delay = BackoffDelay(attempt, random, retry_after);
  RC_ASSERT(delay == std::max<milliseconds>(plain, retry_after));
}

TEST(BackoffProperty, IsUniformOverTheRange) {
  std::mt19937_64 engine(1);  // NOLINT(cert-msc51-cpp): a fixed seed is intended
  std::uniform_real_distribution<double> uniform(0, 1);
  for (int attempt = 0; attempt < 10; ++attempt) {
    constexpr int kDraws = 20'000;
    const double ceiling = static_cast<double>(Ceiling(attempt).count());
    double sum = 0;
    int low = 0;
    for (int i = 0; i < kDraws; ++i) {
      const auto delay =
          static_cast<double>(BackoffDelay(attempt, uniform(engine), {}).count()) / ceiling;
      sum += delay;
      if (delay < 0.25) ++low;
    }
    EXPECT_NEAR(sum / kDraws, 0.5, 0.02) << attempt;  // ten standard deviations
    EXPECT_NEAR(1.0 * low / kDraws, 0.25, 0.03) << attempt;
  }
}

RC_GTEST_PROP(RetryAfterProperty, BothFormsAgreeWithinAnHour, ()) {
  // Dates before 1970 are not read.
  const Timestamp now(seconds(*rc::gen::inRange<int64_t>(5000, 4'000'000'000)));
  const int wait = *rc::gen::inRange(-5000, 10'000);
  const seconds expected(std::clamp(wait, 0, 3600));
  HttpHeaders dated;
  dated.Add("Date", FormatHttpDate(now));
  dated.Add("Retry-After", FormatHttpDate(now + seconds(wait)));
  RC_ASSERT(dated.RetryAfter() == expected);
  HttpHeaders counted;
  counted.Add("Retry-After", std::to_string(std::max(wait, 0)));
  RC_ASSERT(counted.RetryAfter() == expected);
}

// Tries any errors, any Retry-After and any deadline.
RC_GTEST_PROP(RetryProperty, RetriesBetweenRetryAfterAndDeadline, ()) {
  class Failing final : public PageSource {
   public:
    Failing(RequestStats& stats, Clock& clock) : stats_(stats), clock_(clock) {}
    Result<Page, ApiError> Fetch(const PageRequest&, const RequestLimits& limits) override {
      const SteadyTime now = clock_.Steady();
      RC_ASSERT(now < limits.deadline);
      RC_ASSERT(now >= not_before_);
      const int status = *rc::gen::element(200, 429, 500, 503, 0);
      stats_.OnRequest(status, {});
      if (status == 200) return Page{};
      std::optional<seconds> wait;
      if (status != 0 && *rc::gen::arbitrary<bool>()) wait = seconds(*rc::gen::inRange(0, 300));
      not_before_ = now + wait.value_or(seconds(0));
      const ErrorCode code = status == 429 ? ErrorCode::kRateLimit
                             : status == 0 ? ErrorCode::kNetwork
                                           : ErrorCode::kHttp;
      return ApiError{
          .error = {code, "list jobs: failed"}, .http_status = status, .retry_after = wait};
    }

   private:
    RequestStats& stats_;
    Clock& clock_;
    SteadyTime not_before_{};
  };
  FakeClock clock;
  Ignore ignore;
  RequestStats stats(clock, ignore);
  const auto key = std::move(ApiKey::FromLiteral(Secret("key"), "test").value());
  RetryingPageSource source(std::make_unique<Failing>(stats, clock), stats, *key, clock,
                            [] { return *rc::gen::inRange(0, 1000) / 1e3; });
  for (int i = 0; i < 20; ++i) {
    clock.Advance(seconds(*rc::gen::inRange(0, 60)));
    const SteadyTime deadline = clock.Steady() + seconds(*rc::gen::inRange(1, 60));
    RC_ASSERT(source.Fetch({}, {.deadline = deadline, .stop = {}}).has_value() ||
              clock.Steady() < deadline);
  }
}

}  // namespace
}  // namespace xplenty::refusal_property_test
