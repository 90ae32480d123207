#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "api/rate_limit.h"
#include "base/clock.h"

namespace xplenty {

// Spreads the requests that the API still grants over the hour. Others may share the limit, and
// nobody tells when the hour begins anew; so all goes by what the last answer said is left. Turns
// are earned at the rate at which the rest lasts for an hour: as it shrinks, so does the rate. The
// last few requests are not for us: whoever shares the limit may just be sending one. What the API
// said counts for an hour; without its headers there is no limit. Pure; time is passed in; one
// thread.
class RateBudget {
 public:
  // A request was sent. It counts as spent until the answer says what is left.
  void RecordRequest(SteadyTime now);

  // What the answer said.
  void Update(const RateLimit& rate_limit, SteadyTime now);

  // So many accounts of this process share the limit, 1 at first. Safe from any thread.
  void ShareAmong(int64_t accounts) { sharers_ = accounts; }
  // What another one with the same limit knows.
  void Continue(const RateBudget& before);

  // A 429: no request before then, and one then, whatever its headers said. For an hour after that
  // none goes beside another.
  void BlockUntil(SteadyTime time);

  // When so many requests will have been earned; at most an hour from now.
  SteadyTime TokenReadyAt(int64_t requests, SteadyTime now) const;

  // Half of the limit is left: no page needs to wait for its turn.
  bool HasHeadroom(SteadyTime now) const;

  // How many requests may be sent side by side, 1 or more: as many as leave half of the limit, and
  // no more than one who is asked may take for a flood.
  size_t MaxConcurrency(SteadyTime now) const;

  // Less than a fifth of the limit is left beside the reserve: what can be done without should be.
  bool IsLow(SteadyTime now) const;

  // No request may be sent before this time, if any. With nothing left but the reserve that is an
  // hour after the last one, when all that was spent before it is granted again.
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
  double tokens_{};  // turns; below 0 after requests that did not wait for theirs
  SteadyTime tokens_at_{};
  std::atomic<int64_t> sharers_{1};
};

}  // namespace xplenty
