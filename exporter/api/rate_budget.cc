#include "api/rate_budget.h"

#include <algorithm>
#include <cstdint>

namespace xplenty {
namespace {

constexpr std::chrono::hours kWindow(1);
// The reserve has a request for each account of this process, but no fewer than these: another
// client with the same key may not know yet how few are left.
constexpr int64_t kReserve = 5;
// The bucket holds a tenth of what may be used in an hour, but no fewer tokens than a refresh or
// two need.
constexpr double kBurstShare = 0.1;
constexpr double kMinBurst = 4;
constexpr int64_t kMaxConcurrency = 16;

}  // namespace

bool RateBudget::IsCurrent(SteadyTime now) const {
  return known_.remaining.has_value() && now - updated_at_ < kWindow;
}

int64_t RateBudget::Usable() const {
  const int64_t wanted = std::max<int64_t>(kReserve, sharers_);
  const int64_t reserve = known_.limit ? std::clamp<int64_t>(*known_.limit / 4, 1, wanted) : wanted;
  return std::max<int64_t>(known_.remaining.value_or(0) - reserve, 0);
}

// Returns how many requests this account may send in an hour, if each of the others sends as many.
double RateBudget::FairShare() const {
  return static_cast<double>(Usable()) / static_cast<double>(sharers_);
}

void RateBudget::Continue(const RateBudget& previous) {
  known_ = previous.known_;
  updated_at_ = previous.updated_at_;
  blocked_until_ = previous.blocked_until_;
  sequential_until_ = previous.sequential_until_;
  tokens_ = previous.tokens_;
  tokens_at_ = previous.tokens_at_;
}

double RateBudget::Tokens(SteadyTime now) const {
  const double hours = std::chrono::duration<double>(now - tokens_at_) / kWindow;
  return std::min(tokens_ + hours * FairShare(), std::max(FairShare() * kBurstShare, kMinBurst));
}

void RateBudget::RecordRequest(SteadyTime now) {
  if (!IsCurrent(now)) return;
  tokens_ = Tokens(now) - 1;
  tokens_at_ = now;
  if (HasHeadroom(now)) tokens_ = std::max(tokens_, 0.0);
  if (*known_.remaining > 0) --*known_.remaining;
  if (Usable() == 0) blocked_until_ = now + kWindow;
}

void RateBudget::Update(const RateLimit& rate_limit, SteadyTime now) {
  if (!rate_limit.remaining) return;
  tokens_ = IsCurrent(now) ? Tokens(now) : 0;
  tokens_at_ = now;
  known_ = rate_limit;
  updated_at_ = now;
  blocked_until_.reset();
  if (Usable() == 0) blocked_until_ = now + kWindow;
}

SteadyTime RateBudget::TokenReadyAt(int64_t requests, SteadyTime now) const {
  if (!IsCurrent(now)) return now;
  if (Usable() == 0) return std::max(now, blocked_until_.value_or(now));
  const double missing = static_cast<double>(requests) - Tokens(now);
  const double hours = std::clamp(missing / FairShare(), 0.0, 1.0);
  return now + std::chrono::ceil<std::chrono::milliseconds>(hours * kWindow);
}

bool RateBudget::HasHeadroom(SteadyTime now) const {
  if (!IsCurrent(now)) return true;
  return known_.limit && *known_.remaining >= *known_.limit / 2 && Usable() > 0;
}

void RateBudget::BlockUntil(SteadyTime time) {
  blocked_until_ = time;
  sequential_until_ = time + kWindow;
}

size_t RateBudget::MaxConcurrency(SteadyTime now) const {
  if (!HasHeadroom(now) || (sequential_until_ && now < *sequential_until_)) return 1;
  if (!IsCurrent(now)) return kMaxConcurrency;
  const int64_t spare = *known_.remaining - *known_.limit / 2;
  return static_cast<size_t>(std::clamp<int64_t>(spare / sharers_, 1, kMaxConcurrency));
}

bool RateBudget::IsLow(SteadyTime now) const {
  if (!IsCurrent(now) || !known_.limit) return false;
  return Usable() < *known_.limit / 5;
}

std::optional<SteadyTime> RateBudget::BlockedUntil(SteadyTime now) const {
  if (!blocked_until_ || now >= *blocked_until_) return std::nullopt;
  return blocked_until_;
}

}  // namespace xplenty
