#include "api/retrying_page_source.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "api/backoff.h"
#include "base/duration.h"

namespace xplenty {
namespace {

using std::chrono::seconds;

constexpr std::string_view kErrorPrefix = "list jobs: ";  // begins every error
constexpr int kMaxAttempts = 5;
constexpr std::chrono::minutes kProbeInterval(1);  // between requests with a refused key
// The pause after a 429 without a Retry-After. It is doubled after each further one.
constexpr seconds kFirstPauseAfterRateLimit(60);
constexpr seconds kLongestPauseAfterRateLimit(3600);

std::function<double()> UniformRandom() {
  return [engine = std::mt19937_64(std::random_device()())]() mutable {
    return std::uniform_real_distribution<double>(0, 1)(engine);
  };
}

bool IsTransient(const ApiError& error) {
  switch (error.error.code) {
    case ErrorCode::kRateLimit:
    case ErrorCode::kTimeout:
    case ErrorCode::kNetwork:
      return true;
    case ErrorCode::kHttp:
      return error.http_status >= 500;
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kAuth:
    case ErrorCode::kParse:
    case ErrorCode::kStorage:
    case ErrorCode::kCancelled:
      break;
  }
  return false;
}

ApiError NotSent(ErrorCode code, std::string why, SteadyTime::duration wait) {
  const auto whole_seconds = std::chrono::ceil<seconds>(wait);
  if (why.starts_with(kErrorPrefix)) why.erase(0, kErrorPrefix.size());
  std::string message(kErrorPrefix);
  message += "no request sent for another " + FormatDuration(whole_seconds) + ": " + why;
  return {.error = {code, std::move(message)}, .http_status = 0, .retry_after = whole_seconds};
}

ApiError Cancelled() {
  return {.error = {ErrorCode::kCancelled, std::string(kErrorPrefix) + "cancelled"},
          .http_status = 0,
          .retry_after = std::nullopt};
}

}  // namespace

RetryingPageSource::RetryingPageSource(std::unique_ptr<PageSource> inner, RequestStats& stats,
                                       ApiKey& key, Clock& clock, std::function<double()> random)
    : inner_(std::move(inner)),
      stats_(stats),
      key_(key),
      clock_(clock),
      random_(random ? std::move(random) : UniformRandom()),
      pause_after_rate_limit_(kFirstPauseAfterRateLimit) {}

Result<Page, ApiError> RetryingPageSource::Fetch(const PageRequest& request,
                                                 const RequestLimits& limits) {
  key_.ReloadIfChanged();
  return FetchWithRetries(request, limits, 0, std::nullopt);
}

PageSource::Responses RetryingPageSource::FetchAll(std::span<const PageRequest> requests,
                                                   const RequestLimits& limits) {
  key_.ReloadIfChanged();
  // A refused key is tried by one request alone.
  if (requests.size() < 2 || refused_) return PageSource::FetchAll(requests, limits);
  if (limits.stop.stop_requested()) return Responses(requests.size(), Cancelled());
  const Secret key = key_.Load();
  if (const auto refusal = Refusal(key)) return Responses(requests.size(), *refusal);
  Responses responses = inner_->FetchAll(requests, limits);
  std::vector<size_t> failed;
  for (size_t i = 0; i < responses.size(); ++i) {
    if (responses[i]) {
      RecordSuccess();
    } else {
      failed.push_back(i);
    }
  }
  // Errors that no retry helps come first.
  std::stable_partition(failed.begin(), failed.end(),
                        [&](size_t i) { return !IsTransient(responses[i].error()); });
  std::optional<ApiError> given_up;
  for (const size_t i : failed) {
    if (given_up) {
      responses[i] = *given_up;
    } else if (i == failed.front()) {
      responses[i] = FetchWithRetries(requests[i], limits, 0, FirstAttempt{key, responses[i]});
    } else {  // a retry has just succeeded, so this one need not wait
      responses[i] = FetchWithRetries(requests[i], limits, 1, std::nullopt);
    }
    if (!responses[i]) given_up = responses[i].error();
  }
  return responses;
}

void RetryingPageSource::RecordSuccess() {
  refused_.reset();
  pause_after_rate_limit_ = kFirstPauseAfterRateLimit;
}

// Fetches a page, with retries. If `first_attempt` has a value, the first attempt was made already.
RetryingPageSource::Response RetryingPageSource::FetchWithRetries(
    const PageRequest& request, const RequestLimits& limits, int attempt,
    std::optional<FirstAttempt> first_attempt) {
  bool reloaded = false;
  for (;; ++attempt, first_attempt.reset()) {
    if (limits.stop.stop_requested()) return Cancelled();
    const Secret key = first_attempt ? first_attempt->key : key_.Load();
    if (!first_attempt) {
      if (auto refusal = Refusal(key)) return std::move(*refusal);
    }
    Response page =
        first_attempt ? std::move(first_attempt->response) : inner_->Fetch(request, limits);
    if (page) {
      RecordSuccess();
      return page;
    }
    ApiError error = page.error();
    if (error.error.code == ErrorCode::kAuth) {
      const bool renewed = !std::exchange(reloaded, true) && ReloadedKey(error);
      refused_ = {
          .key = key, .why = error.error.message, .next_probe = clock_.Steady() + kProbeInterval};
      if (renewed) continue;
      return error;
    }
    if (!WaitToRetry(error, attempt, limits, key)) return error;
  }
}

// Returns why no request may be sent now, if that is so.
std::optional<ApiError> RetryingPageSource::Refusal(const Secret& key) {
  const SteadyTime now = clock_.Steady();
  if (wait_request_ && now < wait_request_->until) {
    return NotSent(wait_request_->why.code, wait_request_->why.message, wait_request_->until - now);
  }
  if (const auto blocked_until = budget().BlockedUntil(now)) {
    return NotSent(ErrorCode::kRateLimit, "the rate limit is used up", *blocked_until - now);
  }
  if (refused_ && refused_->key == key) {
    if (now < refused_->next_probe) {
      return NotSent(ErrorCode::kAuth, refused_->why, refused_->next_probe - now);
    }
    refused_->next_probe = now + kProbeInterval;
  }
  return std::nullopt;
}

bool RetryingPageSource::ReloadedKey(ApiError& error) {
  const Result<bool> changed = key_.Reload();
  if (!changed) error.error.message += "; " + changed.error().message;
  return changed && *changed;
}

// Waits and returns true, or returns false at once if there must be no retry. A stop ends the wait;
// the caller checks for it.
bool RetryingPageSource::WaitToRetry(const ApiError& error, int attempt,
                                     const RequestLimits& limits, const Secret& key) {
  if (!IsTransient(error)) return false;
  const SteadyTime now = clock_.Steady();
  const SteadyTime at = now + BackoffDelay(attempt, random_(), error.retry_after);
  const bool limited = error.error.code == ErrorCode::kRateLimit;
  // The server invites a retry by its Retry-After, even if the budget is blocked.
  const bool blocked = budget().Exhausted(at) && !(limited && error.retry_after);
  const bool probing = refused_ && refused_->key == key && refused_->next_probe > at;
  // If the API limits again after a pause, another attempt would only make it worse.
  const bool limited_again =
      limited && !error.retry_after && pause_after_rate_limit_ > kFirstPauseAfterRateLimit;
  const bool retry =
      attempt + 1 < kMaxAttempts && at < limits.deadline && !blocked && !probing && !limited_again;
  if (retry) {
    if (limited) budget().BlockUntil(at);
    clock_.SleepUntil(at, limits.stop);
  } else if (limited) {
    budget().BlockUntil(now + error.retry_after.value_or(pause_after_rate_limit_));
    pause_after_rate_limit_ = std::min(2 * pause_after_rate_limit_, kLongestPauseAfterRateLimit);
  } else if (error.retry_after) {
    wait_request_ = {.until = now + *error.retry_after, .why = error.error};
  }
  return retry;
}

}  // namespace xplenty
