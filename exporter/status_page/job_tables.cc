#include "status_page/job_tables.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "status_page/job_figures.h"
#include "status_page/status_cells.h"
#include "status_page/table.h"

namespace xplenty {
namespace {

using std::chrono::seconds;
using Account = StatusPage::Account;

// One job and its account.
template <typename Job>
struct JobOf {
  const Account* account;
  const Job* job;
};

template <typename Job>
bool Accepts(const StatusQuery& query, const Account& account, const Job& job) {
  return query.Accepts({account.name, job.package, job.cluster});
}

std::vector<JobOf<UnfinishedJob>> UnfinishedJobs(const StatusPage& page, const StatusQuery& query,
                                                 bool started) {
  std::vector<JobOf<UnfinishedJob>> rows;
  for (const Account& account : page.accounts) {
    if (!account.view || !account.view->state_current) continue;
    for (const UnfinishedJob& job : *account.view->unfinished) {
      if (HasStarted(job) == started && Accepts(query, account, job)) {
        rows.push_back({.account = &account, .job = &job});
      }
    }
  }
  return rows;
}

// Returns since when the job runs, or waits.
std::optional<Timestamp> Since(const UnfinishedJob& job) {
  return HasStarted(job) ? job.started_at : job.created_at;
}

bool HasLonger(const JobOf<UnfinishedJob>& a, const JobOf<UnfinishedJob>& b) {
  constexpr Timestamp kNever = Timestamp::max();
  return std::pair(Since(*a.job).value_or(kNever), a.job->id) <
         std::pair(Since(*b.job).value_or(kNever), b.job->id);
}

Html ProgressCell(const UnfinishedJob& job) {
  if (!job.progress) return Cell(Html::Text("not reported"));
  // The percentage is rounded down, so that 100 % is the end, and yet 0.29 is 29 %.
  const std::string percent = std::to_string(static_cast<int>(*job.progress * 100 + 1e-9)) + " %";
  const Html bar = Html::Element("progress",
                                 {{"max", "1"},
                                  {"value", std::to_string(*job.progress)},
                                  {"aria-label", "Progress of job " + std::to_string(job.id)}},
                                 Html::Text(percent));
  return Cell(bar + Html::Text(" " + percent), "progress");
}

Html AgeCell(const UnfinishedJob& job, WallTime now) {
  const auto since = Since(job);
  if (!since) return Cell(Html::Text("unknown"));
  const std::string iso = FormatIso8601(*since);
  return Cell(Html::Element("time", {{"datetime", iso}, {"title", "since " + iso}},
                            Html::Text(RoughDuration(std::chrono::floor<seconds>(now - *since)))));
}

// Returns when the job would end if it ran as long as completed runs of its package usually do.
std::optional<Timestamp> ExpectedEnd(const AccountView& view, const UnfinishedJob& job) {
  if (!job.started_at) return std::nullopt;
  const auto package = std::ranges::find(view.packages, job.package, &PackageView::package);
  if (package == view.packages.end()) return std::nullopt;
  const auto median = MedianRuntime(*package->recent);
  if (!median) return std::nullopt;
  return *job.started_at + seconds(*median);
}

Html RunningRow(const JobOf<UnfinishedJob>& row, const AccountColumn& accounts, WallTime now) {
  const auto& [account, job] = row;
  const auto end = ExpectedEnd(*account->view, *job);
  return Row(accounts.RowId("job", *account, std::to_string(job->id)),
             NameCell(job->package) + accounts.CellOf(*account) +
                 Cell(Html::Text(job->cluster), "wide") + JobCell(job->id, job->link) +
                 Cell(Html::Text(ToString(job->status)), "wide") + ProgressCell(*job) +
                 AgeCell(*job, now) +
                 Cell(end ? TimeAhead(*end, now) : Html::Text("no completed run yet")) +
                 NumberCell(job->records));
}

Html WaitingRow(const JobOf<UnfinishedJob>& row, const AccountColumn& accounts, WallTime now) {
  const auto& [account, job] = row;
  return Row(accounts.RowId("job", *account, std::to_string(job->id)),
             NameCell(job->package) + accounts.CellOf(*account) +
                 Cell(Html::Text(job->cluster), "wide") + JobCell(job->id, job->link) +
                 Cell(Html::Text(ToString(job->status))) + AgeCell(*job, now));
}

Html FailureRow(const JobOf<FailedJob>& row, const AccountColumn& accounts, WallTime now) {
  const auto& [account, job] = row;
  const std::string runtime =
      job->runtime_seconds ? RoughDuration(seconds(*job->runtime_seconds)) : "never started";
  const std::string_view reason =
      job->error.empty() ? "The API gave no reason." : std::string_view(job->error);
  return Row(accounts.RowId("failure", *account, std::to_string(job->id)),
             NameCell(job->package) + accounts.CellOf(*account) +
                 Cell(Html::Text(job->cluster), "wide") + JobCell(job->id, job->link) +
                 Cell(TimeAgo(job->finished_at, now)) + Cell(Html::Text(runtime), "wide") +
                 Cell(Html::Text(reason), "error"));
}

}  // namespace

Html RunningTable(const StatusPage& page, const StatusQuery& query, WallTime server_now) {
  const AccountColumn accounts(page);
  auto rows = UnfinishedJobs(page, query, true);
  const ListPart part = KeepPart(rows, StatusList::kRunning, query, HasLonger);
  ListContent content{.title = "Running", .if_empty = "No job is running."};
  content.head = ColumnHead("Package") + accounts.Head() + ColumnHead("Cluster", "wide") +
                 ColumnHead("Job", "number") + ColumnHead("Status", "wide") +
                 ColumnHead("Progress") + ColumnHead("Running time") + ColumnHead("Expected end") +
                 ColumnHead("Records", "number wide");
  for (const auto& row : rows) content.rows += RunningRow(row, accounts, server_now);
  return ListSection(StatusList::kRunning, content, part, query);
}

Html WaitingTable(const StatusPage& page, const StatusQuery& query, WallTime server_now) {
  const AccountColumn accounts(page);
  auto rows = UnfinishedJobs(page, query, false);
  const ListPart part = KeepPart(rows, StatusList::kWaiting, query, HasLonger);
  ListContent content{.title = "Waiting", .if_empty = "No job is waiting."};
  content.head = ColumnHead("Package") + accounts.Head() + ColumnHead("Cluster", "wide") +
                 ColumnHead("Job", "number") + ColumnHead("Status") + ColumnHead("Waiting time");
  for (const auto& row : rows) content.rows += WaitingRow(row, accounts, server_now);
  return ListSection(StatusList::kWaiting, content, part, query);
}

Html FailureTable(const StatusPage& page, const StatusQuery& query, WallTime server_now) {
  const AccountColumn accounts(page);
  std::vector<JobOf<FailedJob>> rows;
  for (const Account& account : page.accounts) {
    if (!account.view) continue;
    for (const FailedJob& job : *account.view->failures) {
      if (Accepts(query, account, job)) rows.push_back({.account = &account, .job = &job});
    }
  }
  const auto later = [](const JobOf<FailedJob>& a, const JobOf<FailedJob>& b) {
    return std::pair(a.job->finished_at, a.job->id) > std::pair(b.job->finished_at, b.job->id);
  };
  const ListPart part = KeepPart(rows, StatusList::kFailures, query, later);
  ListContent content{.title = "Latest failures", .if_empty = "No job has failed."};
  content.head = ColumnHead("Package") + accounts.Head() + ColumnHead("Cluster", "wide") +
                 ColumnHead("Job", "number") + ColumnHead("Failed") +
                 ColumnHead("Runtime", "wide") + ColumnHead("Reason");
  for (const auto& row : rows) content.rows += FailureRow(row, accounts, server_now);
  return ListSection(StatusList::kFailures, content, part, query);
}

}  // namespace xplenty
