// The input is a response of the API: its status in the first line, header fields, an empty line,
// the body.

#include <algorithm>
#include <charconv>
#include <string>

#include "api/list_jobs.h"
#include "fuzz/fuzz.h"
#include "model/job.h"

namespace xplenty {
namespace {

// Two quotations of 200 bytes and the words around them fit; a job's own reason does, too.
constexpr size_t kMaxErrorBytes = 500;

RawResponse ReadResponse(std::string_view input) {
  RawResponse response;
  const std::string_view status = TakeLine(input);
  std::from_chars(status.data(), status.data() + status.size(), response.status);
  while (!input.empty()) {
    const std::string_view line = TakeLine(input);
    if (line.empty()) break;
    response.headers.AddLine(line);
  }
  response.body = input;
  return response;
}

void CheckPage(const RawResponse& response, const Page& page, int page_size) {
  const size_t rows = page.jobs.size() + page.rejects.size();
  const bool full = rows >= static_cast<size_t>(page_size);
  Require(response.status == 200, "only a 200 has jobs");
  Require(page.last == (!full && !response.headers.HasNextLink()),
          "a page is the last if it is neither full nor linked to a next one");
  for (const Job& job : page.jobs) {
    Require(job.error.size() <= kMaxErrorBytes && IsCleanText(job.error), "a reason can be shown");
    Require(job.link.size() <= 1000 && IsCleanText(job.link), "a link can be shown");
  }
  Require(!page.server_time || response.headers.Find("Date"), "the server's time is its Date");
}

ErrorCode ExpectedCode(int status) {
  if (status == 200) return ErrorCode::kParse;
  if (status >= 401 && status <= 403) return ErrorCode::kAuth;
  return status == 429 ? ErrorCode::kRateLimit : ErrorCode::kHttp;
}

void CheckError(const RawResponse& response, const ApiError& error) {
  Require(error.http_status == response.status, "an error has its status");
  Require(error.error.code == ExpectedCode(response.status),
          "the error code follows from the status");
  Require(error.error.message.starts_with("list jobs: "), "an error names the call");
  Require(error.error.message.size() <= kMaxErrorBytes && IsCleanText(error.error.message),
          "an error message is clean text");
  if (response.status != 200) {
    Require(error.retry_after == response.headers.RetryAfter(), "an error has the time to wait");
  }
}

void CheckTarget(std::string_view account, int page_size) {
  const PageRequest request{.sort = SortField::kUpdatedAt,
                            .status = JobStatus::kRunning,
                            .since = FromUnix(1'000'000'000),
                            .offset = page_size};
  const std::string target = ListJobsTarget(account, request, page_size);
  const size_t end = target.find("/api/jobs?sort=updated_at&direction=asc&limit=");
  Require(target.starts_with('/') && end != std::string::npos, "a target is a path and a query");
  Require(std::ranges::count(target, '?') == 1 && std::ranges::count(target, '/') == 3,
          "an account id cannot extend the path");
  Require(std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7F && c != '#'; }),
          "a target is printable");
  Require(end - 1 <= 3 * account.size(), "encoding a byte takes at most three");
}

void Check(std::string_view input) {
  const RawResponse response = ReadResponse(input);
  for (const int page_size : {1, 3, 100}) {
    const auto page = ReadListJobs(response, page_size);
    if (page) {
      CheckPage(response, *page, page_size);
    } else {
      CheckError(response, page.error());
    }
    CheckTarget(response.body, page_size);
  }
}

}  // namespace
}  // namespace xplenty

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  xplenty::Check(xplenty::AsText(data, size));
  return 0;
}
