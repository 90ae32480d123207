#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "model/rate_limit.h"

namespace xplenty {

// A token bucket over the API's hourly limit. Tokens refill at (remaining - reserve) / 1 h, and the
// rate is computed again after each response, because others may share the limit and the API does
// not say when its hour begins. The reserve, a few requests, is left to those others. What a
// response said counts for an hour; without its headers there is no limit. Pure: callers pass the
// time. Not thread-safe, except for ShareAmong().
class RateBudget {
 public:
  // Records that a request was sent: it takes a token, and one request fewer is left until the
  // response says how many are.
  void RecordRequest(SteadyTime now);

  // Records what a response said. Without X-RateLimit-Remaining it changes nothing.
  void Update(const RateLimit& rate_limit, SteadyTime now);

  // Sets how many accounts of this process share the limit, 1 or more. Safe from any thread.
  void ShareAmong(int64_t accounts) { sharers_ = accounts; }
  // Copies the state of another budget of the same limit, but not by how many it is shared.
  void Continue(const RateBudget& previous);

  // Records a response 429: no request may be sent before `time`, regardless of its headers, and
  // MaxConcurrency() is 1 for an hour after it.
  void BlockUntil(SteadyTime time);

  // Returns when the bucket will hold that many tokens, at most an hour from now.
  SteadyTime TokenReadyAt(int64_t requests, SteadyTime now) const;

  // Returns true while half of the limit is left, or no limit is known. Requests then need no
  // token.
  bool HasHeadroom(SteadyTime now) const;

  // Returns how many requests may be sent in parallel, 1 to 16: this account's share of what is
  // left above half of the limit.
  size_t MaxConcurrency(SteadyTime now) const;

  // Returns true while less than a fifth of the limit is left beside the reserve. Requests that can
  // be left out then should be.
  bool IsLow(SteadyTime now) const;

  // Returns the time before which no request may be sent, if there is one. With nothing left but
  // the reserve it is an hour after the last request, when the API has granted again what was
  // spent.
  std::optional<SteadyTime> BlockedUntil(SteadyTime now) const;
  bool Exhausted(SteadyTime now) const { return BlockedUntil(now).has_value(); }

 private:
  bool IsCurrent(SteadyTime now) const;
  int64_t Usable() const;
  double FairShare() const;
  double Tokens(SteadyTime now) const;

  RateLimit known_;
  SteadyTime updated_at_{};
  std::optional<SteadyTime> blocked_until_;
  std::optional<SteadyTime> sequential_until_;
  double tokens_{};  // tokens; negative after requests that did not wait for theirs
  SteadyTime tokens_at_{};
  std::atomic<int64_t> sharers_{1};
};

}  // namespace xplenty
