#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/clock.h"
#include "model/rate_limit.h"

namespace xplenty {

// The state of the API of one account, as its refreshes and requests have met it. Times are of this
// machine's clock.
struct ApiHealth {
  bool attempted{};          // A refresh has ended, or a request has failed.
  bool up{};                 // The last refresh completed.
  std::string last_error{};  // Why the last refresh did not complete; empty if it did.
  std::optional<WallTime> last_refresh{};  // Its end, with or without success.
  std::optional<WallTime> last_success{};  // The end of the last one that completed.
  RateLimit rate_limit{};
  std::chrono::milliseconds server_ahead{};  // The API's clock less this one's; 0: not known yet.
};

}  // namespace xplenty
