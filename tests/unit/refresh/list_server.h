#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "api/page_source.h"
#include "api/request_meter.h"
#include "base/clock.h"
#include "support/figures.h"

namespace xplenty {

// "List Jobs" over a store of its own, with the ways in which a server may be at odds with it.
struct ListServer {
  Page Answer(const PageRequest& request) const {
    std::vector<Job> rows;
    for (const auto& [id, job] : jobs) {
      if (request.status && job.status != *request.status) continue;
      if (request.since && !ignores_since && *job.updated_at < *request.since) continue;
      rows.push_back(job);
    }
    if (ignores_sort) {
      std::ranges::reverse(rows);
    } else if (request.sort == SortField::kUpdatedAt) {
      std::ranges::stable_sort(rows, {}, [](const Job& job) { return *job.updated_at; });
    }
    const auto offset = ignores_offset ? 0 : static_cast<size_t>(request.offset);
    Page page;
    for (size_t i = offset; i < rows.size() && page.jobs.size() < page_size; ++i) {
      page.jobs.push_back(rows[i]);
    }
    page.last = page.jobs.size() < page_size;
    return page;
  }

  std::vector<Job> All() const {
    std::vector<Job> all;
    for (const auto& [id, job] : jobs) all.push_back(job);
    return all;
  }

  std::map<int64_t, Job> jobs{};
  size_t page_size = 3;
  bool ignores_sort = false;
  bool ignores_since = false;
  bool ignores_offset = false;
};

// Serves the pages of a ListServer at the time of a clock.
class ListSource final : public PageSource {
 public:
  ListSource(ListServer& server, RequestMeter& meter, const Clock& clock)
      : server_(server), meter_(meter), clock_(clock) {}

  Result<Page, ApiError> Fetch(const PageRequest& request, const RequestLimits&) override {
    requests.push_back(request);
    meter_.OnRequest(200, {});
    if (before_answer) before_answer();
    if (fail_after == 0) {
      return ApiError{
          .error = {ErrorCode::kParse, "not a page"}, .http_status = 200, .retry_after = {}};
    }
    if (fail_after) --*fail_after;
    Page page = server_.Answer(request);
    if (sends_date) page.server_time = ServerTime();
    return page;
  }

  Timestamp ServerTime() const {
    return std::chrono::floor<std::chrono::seconds>(clock_.Wall()) + skew;
  }

  std::vector<PageRequest> requests;
  std::function<void()> before_answer;
  std::optional<int> fail_after;  // pages until each fetch fails
  bool sends_date = true;
  std::chrono::seconds skew{};

 private:
  ListServer& server_;
  RequestMeter& meter_;
  const Clock& clock_;
};

}  // namespace xplenty
