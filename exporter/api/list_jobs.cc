#include "api/list_jobs.h"

#include <algorithm>
#include <utility>

#include "api/redact.h"
#include "base/ascii.h"
#include "base/utf8.h"
#include "jobs/job_json.h"

namespace xplenty {
namespace {

constexpr std::string_view kCall = "list jobs";
constexpr size_t kMaxQuotedBytes = 200;
constexpr size_t kMaxJobErrorBytes = 500;
constexpr size_t kMaxLinkBytes = 1000;  // a longer link is dropped, as half a link leads nowhere

using Secrets = std::vector<std::string>;

std::string_view SortName(SortField field) {
  switch (field) {
    case SortField::kUpdatedAt:
      return "updated_at";
    case SortField::kId:
      break;
  }
  return "id";
}

ErrorCode CodeOf(int status) {
  switch (status) {
    case 401:
    case 402:
    case 403:
      return ErrorCode::kAuth;
    case 429:
      return ErrorCode::kRateLimit;
    default:
      return ErrorCode::kHttp;
  }
}

std::string Quote(std::string_view text, const Secrets& secrets) {
  return CleanText(Redact(text, secrets), kMaxQuotedBytes);
}

// Says what the body is instead of JSON. Empty if that is not known.
std::string NotJson(const RawResponse& response, const Secrets& secrets) {
  const size_t first = response.body.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "an empty response";
  if (response.body[first] == '<') return "an HTML page instead of JSON";
  const auto type = response.headers.Find("Content-Type");
  if (!type || type->find("json") != std::string_view::npos) return {};
  return Quote(*type, secrets) + " instead of JSON";
}

ApiError HttpError(const RawResponse& response, const Secrets& secrets) {
  std::string text = "HTTP " + std::to_string(response.status);
  if (const auto message = ParseErrorMessage(response.body)) {
    text += ": " + Quote(*message, secrets);
  } else if (const auto location = response.headers.Find("Location");
             location && response.status / 100 == 3) {
    text += ": the redirect to " + Quote(*location, secrets) +
            " is not followed: --api.url must name the address of the API itself";
  } else if (const std::string what = NotJson(response, secrets);
             !response.body.empty() && !what.empty()) {
    text += " with " + what;
  } else if (response.status < 400) {
    text += " instead of a page";
  }
  return {.error = Error{CodeOf(response.status), std::move(text)}.In(kCall),
          .http_status = response.status,
          .retry_after = response.headers.RetryAfter()};
}

// The texts of a job that are for people are the server's own words, so they may hold anything.
void CleanTexts(Job& job, const Secrets& secrets) {
  // A stack trace of several lines becomes one line.
  std::ranges::replace_if(
      job.error, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  job.error = CleanText(Redact(job.error, secrets), kMaxJobErrorBytes);
  job.link =
      job.link.size() > kMaxLinkBytes ? "" : CleanText(Redact(job.link, secrets), kMaxLinkBytes);
}

}  // namespace

std::string ListJobsTarget(std::string_view account_id, const PageRequest& request, int page_size) {
  std::string target = "/" + PercentEncode(account_id) + "/api/jobs?sort=";
  target += SortName(request.sort);
  target += "&direction=asc&limit=" + std::to_string(page_size);
  if (request.offset > 0) target += "&offset=" + std::to_string(request.offset);
  if (request.since) target += "&since=" + PercentEncode(FormatIso8601(*request.since));
  if (request.status) target.append("&status=").append(ToString(*request.status));
  return target;
}

Result<Page, ApiError> ReadListJobs(const RawResponse& response, int page_size,
                                    const Secrets& secrets) {
  if (response.status != 200) return HttpError(response, secrets);
  Result<JobList> list = ParseJobList(response.body);
  if (!list) {
    Error error = list.error();
    if (std::string what = NotJson(response, secrets); !what.empty())
      error.message = std::move(what);
    return ApiError{
        .error = error.In(kCall), .http_status = response.status, .retry_after = std::nullopt};
  }
  Page page{.jobs = std::move(list->jobs),
            .rejects = std::move(list->rejects),
            .last = false,
            .server_time = response.headers.Date()};
  for (Job& job : page.jobs) CleanTexts(job, secrets);
  const size_t rows = page.jobs.size() + page.rejects.size();
  page.last = std::cmp_less(rows, page_size) && !response.headers.HasNextLink();
  return page;
}

}  // namespace xplenty
