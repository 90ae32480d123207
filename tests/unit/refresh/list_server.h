#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "api/page_source.h"
#include "api/request_stats.h"
#include "base/clock.h"
#include "support/figures.h"

namespace xplenty {

// "List Jobs" over its own jobs, with the ways in which a server may deviate from the
// documentation.
struct ListServer {
  // The order of rows if `updated_at` ascending is requested.
  enum class Order { kAsRequested, kTiesShuffled, kById, kByIdReversed, kNewestFirst };

  Page Answer(const PageRequest& request) const {
    ++responses;
    std::vector<const Job*> rows;
    for (const auto& [id, job] : jobs) {
      if (request.status && job.status != *request.status) continue;
      if (request.since && !ignores_since && *job.updated_at < *request.since) continue;
      for (int times = repeats_rows && id % 3 == 0 ? 2 : 1; times > 0; --times)
        rows.push_back(&job);
    }
    Sort(rows, request.sort);
    const auto offset = ignores_offset ? 0 : static_cast<size_t>(request.offset);
    Page page;
    for (size_t i = offset; i < rows.size() && page.jobs.size() < page_size; ++i) {
      page.jobs.push_back(*rows[i]);
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
  Order order{};
  bool ignores_since = false;
  bool ignores_offset = false;
  bool repeats_rows = false;  // every third job is listed twice
  mutable uint64_t responses = 0;

 private:
  // Sorts `rows`, which are in order of id.
  void Sort(std::vector<const Job*>& rows, SortField field) const {
    const auto update = [](const Job* job) { return *job->updated_at; };
    switch (order) {
      case Order::kTiesShuffled: {
        if (field == SortField::kId) break;  // ids have no ties
        std::mt19937 random(static_cast<uint32_t>(responses));
        std::ranges::shuffle(rows, random);
        [[fallthrough]];
      }
      case Order::kAsRequested:
        if (field == SortField::kUpdatedAt) std::ranges::stable_sort(rows, {}, update);
        break;
      case Order::kById:
        break;
      case Order::kByIdReversed:
        std::ranges::reverse(rows);
        break;
      case Order::kNewestFirst:
        std::ranges::stable_sort(rows, std::ranges::greater{}, update);
        break;
    }
  }
};

// Serves the pages of a ListServer at the time of a clock.
class ListSource final : public PageSource {
 public:
  ListSource(ListServer& server, RequestStats& stats, const Clock& clock)
      : server_(server), stats_(stats), clock_(clock) {}

  Result<Page, ApiError> Fetch(const PageRequest& request, const RequestLimits&) override {
    requests.push_back(request);
    stats_.OnRequest(200, {});
    if (before_response) before_response();
    if (refuses && refuses(request)) {
      return ApiError{.error = {ErrorCode::kHttp, "HTTP 422: not known"},
                      .http_status = 422,
                      .retry_after = {}};
    }
    if (fail_after == 0) {
      return ApiError{
          .error = {ErrorCode::kParse, "not a page"}, .http_status = 200, .retry_after = {}};
    }
    if (fail_after) --*fail_after;
    Page page = server_.Answer(request);
    if (sends_date) page.server_time = ServerTime();
    if (after_response) after_response(page);
    return page;
  }

  // Fetches the pages one after the other.
  Responses FetchAll(std::span<const PageRequest> all, const RequestLimits& limits) override {
    if (before_batch) before_batch(all.size());
    widest = std::max(widest, all.size());
    if (!last_first) return PageSource::FetchAll(all, limits);
    Responses responses;
    for (size_t i = all.size(); i > 0; --i) responses.push_back(Fetch(all[i - 1], limits));
    std::ranges::reverse(responses);
    return responses;
  }

  Timestamp ServerTime() const {
    return std::chrono::floor<std::chrono::seconds>(clock_.Wall()) + skew;
  }

  std::vector<PageRequest> requests;
  size_t widest = 0;        // the largest number of pages in a batch
  bool last_first = false;  // whether the last page of a batch is fetched first
  std::function<void(size_t width)> before_batch;
  std::function<bool(const PageRequest&)> refuses;  // answers 422
  std::function<void()> before_response;
  std::function<void(const Page&)> after_response;
  std::optional<int> fail_after;  // so many pages succeed, and then every fetch fails
  bool sends_date = true;
  std::chrono::seconds skew{};

 private:
  ListServer& server_;
  RequestStats& stats_;
  const Clock& clock_;
};

}  // namespace xplenty
