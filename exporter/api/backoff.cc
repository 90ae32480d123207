#include "api/backoff.h"

#include <algorithm>

namespace xplenty {

std::chrono::milliseconds BackoffDelay(int attempt, double random,
                                       std::optional<std::chrono::seconds> retry_after) {
  using std::chrono::milliseconds;
  constexpr milliseconds kBase(500);
  constexpr milliseconds kCap(30'000);
  constexpr int kDoublingsToCap = 6;
  const milliseconds ceiling =
      std::min(kCap, kBase * (1 << std::clamp(attempt, 0, kDoublingsToCap)));
  const milliseconds delay(static_cast<int64_t>(random * static_cast<double>(ceiling.count())));
  return std::max(delay, milliseconds(retry_after.value_or(std::chrono::seconds(0))));
}

}  // namespace xplenty
