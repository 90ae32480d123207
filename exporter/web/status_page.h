#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace xplenty {

// What the page at / shows. Texts are escaped when rendered; they should be valid UTF-8.
struct StatusPage {
  struct Account {
    std::string name{};
    bool up{};                 // the last refresh completed
    std::string last_error{};  // empty: none
    std::optional<WallTime> last_refresh{};
    std::optional<WallTime> last_success{};
    std::optional<int64_t> rate_limit{};  // requests per hour; absent if the API does not say
    std::optional<int64_t> rate_remaining{};
    size_t packages{};
    std::vector<std::pair<std::string, uint64_t>> jobs_by_status{};  // in the order to show
  };

  std::string version{};
  std::string revision{};
  std::string telemetry_path{};
  std::vector<Account> accounts{};
};

constexpr const char kHtmlContentType[] = "text/html; charset=utf-8";

// A whole HTML document that loads nothing else and reloads itself every 15 s.
std::string RenderStatusPage(const StatusPage& page, WallTime now);

// The Content-Security-Policy to serve it with: nothing but its own style is allowed. Valid until
// the process ends.
std::string_view StatusPageCsp();

}  // namespace xplenty
