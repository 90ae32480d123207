#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/timestamp.h"
#include "jobs/job_json.h"
#include "model/job.h"

namespace xplenty {

// The field by which the API sorts a list of jobs.
enum class SortField { kUpdatedAt, kId };

// One request "List Jobs". The order is always ascending.
struct PageRequest {
  SortField sort{};
  std::optional<JobStatus> status{};  // Only jobs of this status, which is not kUnknown.
  std::optional<Timestamp> since{};   // Only jobs updated at this time or later.
  int64_t offset{};                   // How many rows to skip, >= 0.

  bool operator==(const PageRequest&) const = default;
};

// The rows of one response.
struct Page {
  std::vector<Job> jobs{};  // In the order of the response.
  std::vector<RejectedRow> rejects{};
  bool last{};  // The page is neither full nor followed by a link to a next one (RFC 8288).
  std::optional<Timestamp> server_time{};  // The header Date of the response.
};

// Why there is no page.
struct ApiError {
  Error error;
  int http_status{};                                  // 0 if there was no whole response.
  std::optional<std::chrono::seconds> retry_after{};  // The server asks for this wait, >= 0 s.
};

// A request ends at the deadline, or as soon as a stop is requested.
struct RequestLimits {
  SteadyTime deadline;
  std::stop_token stop;
};

// The interface through which the refresh reads pages of jobs. One caller at a time.
class PageSource {
 public:
  virtual ~PageSource() = default;
  PageSource() = default;
  PageSource(const PageSource&) = delete;
  PageSource& operator=(const PageSource&) = delete;

  // Requests one page and blocks until it is there, or until the limits end the request.
  virtual Result<Page, ApiError> Fetch(const PageRequest& request, const RequestLimits& limits) = 0;

  // Requests several pages, in parallel if the source can. The results are in the order of the
  // requests.
  using Responses = std::vector<Result<Page, ApiError>>;
  virtual Responses FetchAll(std::span<const PageRequest> requests, const RequestLimits& limits) {
    Responses responses;
    responses.reserve(requests.size());
    for (const PageRequest& request : requests) responses.push_back(Fetch(request, limits));
    return responses;
  }
};

}  // namespace xplenty
