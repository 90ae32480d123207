#pragma once

#include <functional>

#include "app/accounts.h"
#include "app/exposition_cache.h"
#include "base/clock.h"
#include "config/config.h"
#include "http/http_message.h"

namespace xplenty {

// What the handlers need; all of it must outlive the server.
struct RouteContext {
  const Config& config;  // as it was at the start
  const Clock& clock;
  const Accounts& accounts;
  ExpositionCache& exposition;
  std::function<bool()> reload;  // false: failed, and logged
};

// The endpoints: `/` and what it is made of (`/status.css`, `/status.js`), the telemetry path,
// `/probe`, `/-/healthy`, `/-/ready` and, if enabled, `/-/reload`.
Routes MakeRoutes(const RouteContext& context);

}  // namespace xplenty
