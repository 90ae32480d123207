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

enum class SortField { kUpdatedAt, kId };

// One "List Jobs" request; always in ascending order.
struct PageRequest {
  SortField sort{};
  std::optional<JobStatus> status{};  // not kUnknown
  std::optional<Timestamp> since{};   // inclusive
  int64_t offset{};

  bool operator==(const PageRequest&) const = default;
};

struct Page {
  std::vector<Job> jobs{};  // in the order of the answer
  std::vector<RejectedRow> rejects{};
  bool last{};                             // neither full nor followed by a "next" link (RFC 8288)
  std::optional<Timestamp> server_time{};  // the Date header
};

struct ApiError {
  Error error;
  int http_status{};  // 0 if there was no answer
  std::optional<std::chrono::seconds> retry_after{};
};

// What a request may take of time: it ends at the deadline, or when a stop is asked for.
struct RequestLimits {
  SteadyTime deadline;
  std::stop_token stop;
};

// The seam between the network and the refresh.
class PageSource {
 public:
  virtual ~PageSource() = default;
  PageSource() = default;
  PageSource(const PageSource&) = delete;
  PageSource& operator=(const PageSource&) = delete;

  // Blocking; one caller at a time.
  virtual Result<Page, ApiError> Fetch(const PageRequest& request, const RequestLimits& limits) = 0;

  // Several, side by side if the source can. The answers are in the order of the requests.
  using Responses = std::vector<Result<Page, ApiError>>;
  virtual Responses FetchAll(std::span<const PageRequest> requests, const RequestLimits& limits) {
    Responses answers;
    answers.reserve(requests.size());
    for (const PageRequest& request : requests) answers.push_back(Fetch(request, limits));
    return answers;
  }
};

}  // namespace xplenty
