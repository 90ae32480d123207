#include "api/rate_budget.h"

#include <algorithm>
#include <cstdint>

namespace xplenty {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kWindow = std::chrono::hours(1);
constexpr milliseconds kProbeInterval = std::chrono::minutes(1);
constexpr int64_t kReserve = 1;  // beyond the limit an account is blocked for good

}  // namespace

bool RateBudget::IsCurrent(SteadyTime now) const {
  return known_.remaining.has_value() && now - updated_at_ < kWindow;
}

bool RateBudget::IsSpent() const {
  return known_.remaining.value_or(kReserve + 1) <= kReserve;
}

void RateBudget::RecordRequest(SteadyTime now) {
  if (IsCurrent(now) && IsSpent()) blocked_until_ = now + kProbeInterval;
}

void RateBudget::Update(const RateLimit& rate_limit, SteadyTime now) {
  if (!rate_limit.remaining) return;
  known_ = rate_limit;
  updated_at_ = now;
  blocked_until_.reset();
  if (IsSpent()) blocked_until_ = now + kProbeInterval;
}

milliseconds RateBudget::Interval(int requests_per_refresh, SteadyTime now) const {
  if (!IsCurrent(now)) return milliseconds(0);
  const auto remaining = static_cast<double>(std::max<int64_t>(*known_.remaining, 1));
  const double interval =
      static_cast<double>(kWindow.count()) * std::max(requests_per_refresh, 0) / remaining;
  return milliseconds(
      static_cast<int64_t>(std::min(interval, static_cast<double>(kWindow.count()))));
}

bool RateBudget::Scarce(SteadyTime now) const {
  if (!IsCurrent(now) || !known_.limit) return false;
  return *known_.remaining < *known_.limit / 5;
}

std::optional<SteadyTime> RateBudget::BlockedUntil(SteadyTime now) const {
  if (!blocked_until_ || now >= *blocked_until_) return std::nullopt;
  return blocked_until_;
}

}  // namespace xplenty
