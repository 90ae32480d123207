#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/account_view.h"
#include "model/api_health.h"
#include "status_page/status_query.h"

namespace xplenty {

// The content of the page at `/`. All texts may be hostile; they should be valid UTF-8.
struct StatusPage {
  // One account of the exporter.
  struct Account {
    std::string name{};
    std::chrono::milliseconds lookback{};  // The age of the oldest finished job in its counts.
    ApiHealth health{};
    std::shared_ptr<const AccountView> view{};  // Null before the first one.
  };

  std::string version{};
  std::string revision{};  // Empty if it is not known.
  std::string telemetry_path{};
  std::vector<Account> accounts{};  // All are of one API, and so of one clock.
};

inline constexpr char kHtmlContentType[] = "text/html; charset=utf-8";

// The Content-Security-Policy to serve the page with: it allows the page's own style and script,
// and nothing inline.
inline constexpr std::string_view kStatusPageCsp =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

// Returns the page as a whole HTML document. It has the rows that the query asks for and refers to
// /status.css and /status.js (status_assets.h), which keeps it fresh, and to nothing else. `now` is
// the time of this machine's clock. The cost of rows that are not shown is a look at each.
std::string RenderStatusPage(const StatusPage& page, const StatusQuery& query, WallTime now);

}  // namespace xplenty
