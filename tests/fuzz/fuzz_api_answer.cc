// A whole answer of the API: its status in the first line, header fields, an empty line, the body.

#include <algorithm>
#include <charconv>
#include <string>

#include "api/list_jobs.h"
#include "fuzz/fuzz.h"
#include "model/job.h"

namespace xplenty {
namespace {

// Room for two quotations of 200 bytes and what stands around them; a job's own reason, too.
constexpr size_t kMaxErrorBytes = 500;

HttpAnswer ReadAnswer(std::string_view input) {
  HttpAnswer answer;
  const std::string_view status = TakeLine(input);
  std::from_chars(status.data(), status.data() + status.size(), answer.status);
  while (!input.empty()) {
    const std::string_view line = TakeLine(input);
    if (line.empty()) break;
    answer.headers.AddLine(line);
  }
  answer.body = input;
  return answer;
}

void CheckPage(const HttpAnswer& answer, const Page& page, int page_size) {
  const size_t rows = page.jobs.size() + page.rejects.size();
  const bool full = rows >= static_cast<size_t>(page_size);
  Require(answer.status == 200, "only a 200 has jobs");
  Require(page.last == (!full && !answer.headers.HasNextLink()),
          "a page is the last that is neither full nor followed");
  for (const Job& job : page.jobs) {
    Require(job.error.size() <= kMaxErrorBytes && IsCleanText(job.error), "a reason can be shown");
    Require(job.link.size() <= 1000 && IsCleanText(job.link), "a link can be shown");
  }
  Require(!page.server_time || answer.headers.Find("Date"), "the server's time is its Date");
}

ErrorCode ExpectedCode(int status) {
  if (status == 200) return ErrorCode::kParse;
  if (status >= 401 && status <= 403) return ErrorCode::kAuth;
  return status == 429 ? ErrorCode::kRateLimit : ErrorCode::kHttp;
}

void CheckError(const HttpAnswer& answer, const ApiError& error) {
  Require(error.http_status == answer.status, "an error tells its status");
  Require(error.error.code == ExpectedCode(answer.status), "the status tells the kind");
  Require(error.error.message.starts_with("list jobs: "), "an error tells which call it was");
  Require(error.error.message.size() <= kMaxErrorBytes && IsCleanText(error.error.message),
          "an error is fit for a log");
  if (answer.status != 200) {
    Require(error.retry_after == answer.headers.RetryAfter(), "an error tells how long to wait");
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
          "an account adds nothing to the path");
  Require(std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7F && c != '#'; }),
          "a target is printable");
  Require(end - 1 <= 3 * account.size(), "a byte takes three at most");
}

void Check(std::string_view input) {
  const HttpAnswer answer = ReadAnswer(input);
  for (const int page_size : {1, 3, 100}) {
    const auto page = ReadListJobs(answer, page_size);
    if (page) {
      CheckPage(answer, *page, page_size);
    } else {
      CheckError(answer, page.error());
    }
    CheckTarget(answer.body, page_size);
  }
}

}  // namespace
}  // namespace xplenty

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  xplenty::Check(xplenty::AsText(data, size));
  return 0;
}
