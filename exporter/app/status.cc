#include "app/status.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "app/version.h"
#include "model/job_status.h"

namespace xplenty {
namespace {

using std::chrono::seconds;
using MedianRuntimes = std::map<std::string_view, seconds>;  // by package

RunOutcome OutcomeOf(JobStatus status) {
  switch (FinishedIndex(status)) {
    case 0:
      return RunOutcome::kCompleted;
    case 1:
      return RunOutcome::kFailed;
    default:
      return RunOutcome::kStopped;
  }
}

std::optional<seconds> Seconds(std::optional<int64_t> count) {
  return count ? std::optional(seconds(*count)) : std::nullopt;
}

// Of those that completed; the longer one of the two in the middle.
std::optional<seconds> MedianRuntime(const std::vector<FinishedRun>& runs) {
  std::vector<int64_t> runtimes;
  for (const FinishedRun& run : runs) {
    if (run.status == JobStatus::kCompleted && run.runtime_seconds) {
      runtimes.push_back(*run.runtime_seconds);
    }
  }
  if (runtimes.empty()) return std::nullopt;
  const auto middle = runtimes.begin() + std::ssize(runtimes) / 2;
  std::ranges::nth_element(runtimes, middle);
  return seconds(*middle);
}

StatusPage::Account AccountOf(const AccountStatus& status) {
  const ApiHealth& health = status.health;
  StatusPage::Account account{.name = status.name,
                              .up = health.up,
                              .last_error = health.last_error,
                              .last_refresh = health.last_refresh,
                              .last_success = health.last_success,
                              .rate_limit = health.rate_limit.limit,
                              .rate_remaining = health.rate_limit.remaining,
                              .lookback = std::chrono::floor<seconds>(status.lookback)};
  const AccountView* const view = status.view.get();
  if (view == nullptr || !view->state_current) return account;
  std::array<uint64_t, kJobStatusCount> jobs{};
  for (const auto& series : view->series) {
    for (size_t each = 0; each < jobs.size(); ++each) jobs[each] += series->jobs[each];
  }
  for (const JobStatus each : kAllStatuses) {
    account.jobs_by_status.emplace_back(ToString(each), jobs[static_cast<size_t>(each)]);
  }
  account.failed = jobs[static_cast<size_t>(JobStatus::kFailed)];
  return account;
}

StatusPage::Package PackageOf(const std::string& account, const PackageView& view) {
  StatusPage::Package package{.account = account,
                              .name = view.package,
                              .last_outcome = OutcomeOf(view.last_status),
                              .last_finish = view.last_finish,
                              .consecutive_failures = view.consecutive_failures,
                              .median_runtime = MedianRuntime(*view.recent)};
  if (view.last_success) {
    package.last_success = view.last_success->time;
    package.last_records = view.last_success->records;
  }
  package.runs.reserve(view.recent->size());
  for (const FinishedRun& run : *view.recent) {
    package.runs.push_back({.finished_at = run.finished_at,
                            .outcome = OutcomeOf(run.status),
                            .runtime = Seconds(run.runtime_seconds),
                            .records = run.records});
  }
  return package;
}

bool IsStarted(const UnfinishedJob& job) {
  return job.started_at || job.status == JobStatus::kRunning;
}

StatusPage::UnfinishedJob UnfinishedOf(const std::string& account, const UnfinishedJob& job,
                                       const MedianRuntimes& medians) {
  StatusPage::UnfinishedJob row{.id = job.id,
                                .account = account,
                                .package = job.package,
                                .cluster = job.cluster,
                                .status = std::string(ToString(job.status)),
                                .progress = job.progress,
                                .since = IsStarted(job) ? job.started_at : job.created_at,
                                .records = job.records,
                                .link = job.link};
  const auto median = medians.find(job.package);
  if (job.started_at && median != medians.end()) row.expected = *job.started_at + median->second;
  return row;
}

// To the page whose last account it is.
void AddLists(const AccountView& view, StatusPage& page) {
  StatusPage::Account& account = page.accounts.back();
  MedianRuntimes medians;
  for (const PackageView& package : view.packages) {
    page.packages.push_back(PackageOf(account.name, package));
    if (const auto median = page.packages.back().median_runtime) {
      medians.emplace(package.package, *median);
    }
  }
  for (const FailedJob& failure : *view.failures) {
    page.failures.push_back({.id = failure.id,
                             .account = account.name,
                             .package = failure.package,
                             .cluster = failure.cluster,
                             .finished_at = failure.finished_at,
                             .runtime = Seconds(failure.runtime_seconds),
                             .error = failure.error,
                             .link = failure.link});
  }
  if (!view.state_current) return;
  for (const UnfinishedJob& job : *view.unfinished) {
    const bool started = IsStarted(job);
    ++(started ? account.running : account.waiting);
    (started ? page.running : page.waiting).push_back(UnfinishedOf(account.name, job, medians));
  }
}

}  // namespace

StatusPage MakeStatusPage(const std::string& telemetry_path,
                          std::span<const AccountStatus> accounts) {
  StatusPage page{.version = Version(), .revision = Revision(), .telemetry_path = telemetry_path};
  for (const AccountStatus& status : accounts) {
    page.accounts.push_back(AccountOf(status));
    if (page.server_ahead.count() == 0) page.server_ahead = status.health.server_ahead;
    if (status.view) AddLists(*status.view, page);
  }
  return page;
}

}  // namespace xplenty
