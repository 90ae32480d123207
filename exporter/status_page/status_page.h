#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/timestamp.h"
#include "status_page/runtime_plot.h"
#include "status_page/status_query.h"

namespace xplenty {

// What the page at / shows. All texts may be hostile; they should be valid UTF-8.
struct StatusPage {
  struct Account {
    std::string name{};
    bool up{};                 // the last refresh completed
    std::string last_error{};  // empty: none
    std::optional<WallTime> last_refresh{};
    std::optional<WallTime> last_success{};
    std::optional<int64_t> rate_limit{};  // requests per hour; absent if the API does not say
    std::optional<int64_t> rate_remaining{};
    std::chrono::seconds lookback{};  // of finished jobs
    // In the order to show; empty: what the jobs do is not known.
    std::vector<std::pair<std::string, uint64_t>> jobs_by_status{};
    uint64_t running{};  // by the same, as are the next two
    uint64_t waiting{};
    uint64_t failed{};
  };
  struct UnfinishedJob {
    int64_t id{};
    std::string account{};  // its name
    std::string package{};
    std::string cluster{};
    std::string status{};
    std::optional<double> progress{};     // 0 to 1
    std::optional<Timestamp> since{};     // started, or created where it has not
    std::optional<Timestamp> expected{};  // to finish then, going by earlier runs
    int64_t records{};
    std::string link{};
  };
  struct Failure {
    int64_t id{};
    std::string account{};
    std::string package{};
    std::string cluster{};
    Timestamp finished_at{};
    std::optional<std::chrono::seconds> runtime{};
    std::string error{};  // empty: none is known
    std::string link{};
  };
  struct Package {
    std::string account{};
    std::string name{};
    RunOutcome last_outcome{};
    Timestamp last_finish{};
    std::optional<Timestamp> last_success{};
    std::optional<int64_t> last_records{};  // of the last success
    uint64_t consecutive_failures{};
    std::optional<std::chrono::seconds> median_runtime{};  // of the runs below that completed
    std::vector<FinishedRunRow> runs{};                    // the latest, oldest first
  };

  std::string version{};
  std::string revision{};
  std::string telemetry_path{};
  std::vector<Account> accounts{};           // of several, rows tell theirs
  std::chrono::milliseconds server_ahead{};  // the clock of the jobs' times, of `now`
  std::vector<UnfinishedJob> running{};
  std::vector<UnfinishedJob> waiting{};
  std::vector<Failure> failures{};  // the last one first
  std::vector<Package> packages{};
};

constexpr const char kHtmlContentType[] = "text/html; charset=utf-8";

// How many rows of a list are shown at once.
constexpr size_t RowsPerPage(StatusList list) {
  return list == StatusList::kFailures ? 10 : 25;
}

// A whole HTML document with the rows that the query asks for. It refers to /status.css and
// /status.js (status_assets.h), which keeps it fresh, and to nothing else.
std::string RenderStatusPage(const StatusPage& page, const StatusQuery& query, WallTime now);

// The Content-Security-Policy to serve it with: its own style and script, nothing inline.
constexpr std::string_view kStatusPageCsp =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

}  // namespace xplenty
