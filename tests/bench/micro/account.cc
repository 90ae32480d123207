#include "bench/micro/account.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "bench/job_rows.h"
#include "jobs/job_json.h"

namespace xplenty::bench {
namespace {

constexpr int64_t kJobs = 1'000'000;
constexpr Timestamp kNow = FromUnix(1'700'000'000);
constexpr std::chrono::seconds kLookback = std::chrono::hours(24);

template <typename T>
T OrAbort(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::abort();
  }
  return std::move(*result);
}

void OrAbort(const Status& status) {
  if (status) return;
  std::fprintf(stderr, "%s\n", status.error().message.c_str());
  std::abort();
}

}  // namespace

std::string PageBody(int64_t first, int64_t count) {
  const JobRows rows({.jobs = kJobs,
                      .packages = kPairs / 10,
                      .clusters = 10,
                      .span_seconds = 72'000,
                      .newest = ToUnix(kNow) - 600});
  std::string body = "[";
  for (int64_t number = first; number < first + count; ++number) {
    if (number > first) body += ',';
    rows.AppendJson(number, body);
  }
  return body += ']';
}

std::vector<Job> Jobs(int64_t first, int64_t count) {
  return OrAbort(ParseJobList(PageBody(first, count))).jobs;
}

std::unique_ptr<Ledger> OpenLedger(const std::string& folder) {
  LedgerOptions options;
  options.folder = folder;
  options.account = "demo";
  options.account_label = "demo";
  options.aggregates.runtime_bounds = {10,   30,   60,   120,    300,    600,
                                       1800, 3600, 7200, 14'400, 43'200, 86'400};
  options.aggregates.wait_bounds = {1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600};
  options.aggregates.lookback = kLookback;
  options.aggregates.series_retention = std::chrono::hours(24 * 7);
  options.aggregates.max_series = 100'000'000;
  options.aggregates.samples_per_series = 80;
  options.aggregates.samples_per_package = 12;
  return OrAbort(Ledger::Open(options));
}

std::unique_ptr<Ledger> NewLedger(const std::string& folder) {
  auto ledger = OpenLedger(folder);
  OrAbort(ledger->Initialize(kNow - kLookback));
  OrAbort(ledger->CompleteInitialSync());
  return ledger;
}

void Commit(Ledger& ledger, const std::vector<Job>& jobs) {
  OrAbort(ledger.Commit({.jobs = jobs, .rejects = {}, .server_time = kNow, .watermark = kNow}));
}

void Fill(Ledger& ledger, int64_t jobs) {
  constexpr int64_t kPage = 1000;
  for (int64_t first = 0; first < jobs; first += kPage) {
    Commit(ledger, Jobs(first, std::min(kPage, jobs - first)));
  }
}

}  // namespace xplenty::bench
