#pragma once

#include <chrono>
#include <optional>

#include "api/rate_limit.h"
#include "base/clock.h"

namespace xplenty {

// Spreads the requests that the API still grants over the hour. What the API said counts for an
// hour; without its headers there is no limit. Pure; time is passed in; one thread.
class RateBudget {
 public:
  // A request was sent. While the budget is exhausted that was the probe of this minute.
  void RecordRequest(SteadyTime now);

  // What the answer said.
  void Update(const RateLimit& rate_limit, SteadyTime now);

  // A 429: no request before then, whatever its headers said.
  void BlockUntil(SteadyTime time) { blocked_until_ = time; }

  // The least time between two refreshes of so many requests each for the rest to last an hour;
  // 0 to 1 h.
  std::chrono::milliseconds Interval(int requests_per_refresh, SteadyTime now) const;

  // Less than a fifth of the limit is left: what can be done without should be.
  bool Scarce(SteadyTime now) const;

  // No request may be sent before this time, if any. With no more than one request left that is
  // a minute after the last one: one probe a minute finds the new hour without hammering.
  std::optional<SteadyTime> BlockedUntil(SteadyTime now) const;
  bool Exhausted(SteadyTime now) const { return BlockedUntil(now).has_value(); }

 private:
  bool IsCurrent(SteadyTime now) const;
  bool IsSpent() const;

  RateLimit known_;
  SteadyTime updated_at_{};
  std::optional<SteadyTime> blocked_until_;
};

}  // namespace xplenty
