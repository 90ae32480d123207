#pragma once

#include <functional>

#include "app/instruments.h"
#include "app/metrics_page.h"
#include "base/clock.h"
#include "config/config.h"
#include "refresh/refresher.h"
#include "web/http_message.h"

namespace xplenty {

// What the handlers need; all of it must outlive the server.
struct RouteContext {
  const Config& config;
  const Clock& clock;
  Refresher& refresher;
  const AccountInstruments& instruments;
  const MetricsPage& page;
  std::function<bool()> reload;  // false: failed, and logged
};

// The endpoints: `/` and what it is made of (`/status.css`, `/status.js`), the telemetry path,
// `/-/healthy`, `/-/ready` and, if enabled, `/-/reload`.
Routes MakeRoutes(const RouteContext& context);

}  // namespace xplenty
