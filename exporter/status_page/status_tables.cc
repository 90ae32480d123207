#include "status_page/status_tables.h"

#include <algorithm>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "status_page/status_cells.h"

namespace xplenty {
namespace {

using Account = StatusPage::Account;
using Job = StatusPage::UnfinishedJob;
using Failure = StatusPage::Failure;
using Package = StatusPage::Package;

// `kind`: classes. Columns that are "wide" are left out where there is little room.
Html Cell(const Html& content, std::string_view kind = "") {
  if (kind.empty()) return Html::Element("td", content);
  return Html::Element("td", {{"class", kind}}, content);
}

Html NumberCell(int64_t number) {
  return Cell(Html::Text(GroupedNumber(number)), "number wide");
}

Html NameCell(std::string_view name) {
  return Html::Element("th", {{"scope", "row"}}, Html::Text(name));
}

Html ColumnHead(std::string_view name, std::string_view kind = "") {
  return Html::Element("th", {{"scope", "col"}, {"class", kind}}, Html::Text(name));
}

Html JobCell(int64_t id, std::string_view link) {
  return Cell(Html::WebLink(link, std::to_string(id)), "number");
}

Html Row(std::string_view id, const Html& cells) {
  return Html::Element("tr", {{"id", id}}, cells);
}

// One part of a list.
template <typename T>
struct Part {
  size_t page{};  // from 1; the last one where the query asks for one beyond it
  size_t pages{};
  size_t all{};
  std::vector<const T*> rows;  // of this part
};

template <typename T, typename Before>
Part<T> PartOf(std::vector<const T*> rows, StatusList list, const StatusQuery& query,
               Before before) {
  const size_t size = RowsPerPage(list);
  Part<T> part;
  part.all = rows.size();
  part.pages = std::max<size_t>(1, (rows.size() + size - 1) / size);
  part.page = std::min(query.page(list), part.pages);
  const size_t begin = (part.page - 1) * size;
  const size_t end = std::min(begin + size, rows.size());
  const auto at = [&](size_t index) { return rows.begin() + static_cast<ptrdiff_t>(index); };
  std::partial_sort(rows.begin(), at(end), rows.end(),
                    [&](const T* a, const T* b) { return before(*a, *b); });
  part.rows.assign(at(begin), at(end));
  return part;
}

bool Accepts(const StatusQuery& query, const Account& account) {
  return query.Accepts({account.name});
}

bool Accepts(const StatusQuery& query, const Package& package) {
  return query.Accepts({package.account, package.name});
}

template <typename T>
bool Accepts(const StatusQuery& query, const T& job) {
  return query.Accepts({job.account, job.package, job.cluster});
}

template <typename T>
std::vector<const T*> Accepted(const std::vector<T>& rows, const StatusQuery& query) {
  std::vector<const T*> accepted;
  for (const T& row : rows) {
    if (Accepts(query, row)) accepted.push_back(&row);
  }
  return accepted;
}

// The account's column, where there is more than one.
class AccountColumn {
 public:
  explicit AccountColumn(const StatusPage& page) : shown_(page.accounts.size() > 1) {}

  Html Head() const { return shown_ ? ColumnHead("Account") : Html(); }
  Html CellOf(const std::string& account) const {
    return shown_ ? Cell(Html::Text(account)) : Html();
  }
  // Unique on the page.
  std::string RowId(const char* what, const std::string& account, std::string_view id) const {
    std::string row = std::string(what) + "-";
    if (shown_) row += PercentEncode(account) + "-";
    return row.append(id);
  }

 private:
  const bool shown_;
};

template <typename T>
Html Pager(StatusList list, const Part<T>& part, const StatusQuery& query) {
  if (part.pages == 1) return {};
  const std::string name(ToString(list));
  const auto link = [&](size_t page, std::string_view rel, std::string_view text) {
    if (page < 1 || page > part.pages) return Html();
    const std::string target = query.WithPage(list, page).Link() + "#" + name;
    return Html::Element("a", {{"href", target}, {"rel", rel}}, Html::Text(text));
  };
  const std::string where =
      "Page " + std::to_string(part.page) + " of " + std::to_string(part.pages);
  return Html::Element("nav", {{"class", "pager"}, {"aria-label", "Pages of " + name}},
                       link(part.page - 1, "prev", "Previous") +
                           Html::Element("span", Html::Text(where)) +
                           link(part.page + 1, "next", "Next"));
}

// `head`: the cells of the first row; `none`: what is said where there are no rows.
template <typename T>
Html Section(StatusList list, std::string_view title, const Part<T>& part, const StatusQuery& query,
             const Html& head, const Html& rows, std::string_view none) {
  const std::string name(ToString(list));
  const std::string heading = name + "-heading";
  const std::string count = GroupedNumber(static_cast<int64_t>(part.all));
  Html content = Html::Element("h2", {{"id", heading}},
                               Html::Text(title) + Html::Text(" ") +
                                   Html::Element("span", {{"class", "count"}}, Html::Text(count)));
  if (part.rows.empty()) {
    const bool filtered = !query.filter.empty();
    content += Html::Element("p", Html::Text(filtered ? "None with such a name." : none));
  } else {
    const Html table = Html::Element(
        "table", {{"aria-labelledby", heading}},
        Html::Element("thead", Html::Element("tr", head)) + Html::Element("tbody", rows));
    // It scrolls by itself where it is too wide, by keyboard, too.
    content += Html::Element(
        "div",
        {{"class", "scroll"}, {"tabindex", "0"}, {"role", "group"}, {"aria-labelledby", heading}},
        table);
    content += Pager(list, part, query);
  }
  return Html::Element("section", {{"id", name}, {"aria-labelledby", heading}}, content);
}

// Those that are there the longest come first.
bool LongerThere(const Job& a, const Job& b) {
  constexpr Timestamp kNever = Timestamp::max();
  return std::pair(a.since.value_or(kNever), a.id) < std::pair(b.since.value_or(kNever), b.id);
}

Html ProgressCell(const Job& job) {
  if (!job.progress) return Cell(Html::Text("not told"));
  // Down to the whole, so that 100 % is the end; 0.29 is 29 all the same.
  const std::string percent = std::to_string(static_cast<int>(*job.progress * 100 + 1e-9)) + " %";
  const Html bar = Html::Element("progress",
                                 {{"max", "1"},
                                  {"value", std::to_string(*job.progress)},
                                  {"aria-label", "Progress of job " + std::to_string(job.id)}},
                                 Html::Text(percent));
  return Cell(bar + Html::Text(" " + percent), "progress");
}

Html AgeCell(const Job& job, WallTime now) {
  if (!job.since) return Cell(Html::Text("unknown"));
  const auto age = std::chrono::floor<std::chrono::seconds>(now - *job.since);
  const std::string iso = FormatIso8601(*job.since);
  return Cell(Html::Element("time", {{"datetime", iso}, {"title", "since " + iso}},
                            Html::Text(RoughDuration(age))));
}

std::string_view ErrorText(const Failure& failure) {
  return failure.error.empty() ? "The API has told no reason." : std::string_view(failure.error);
}

double SuccessRatio(const Package& package) {
  if (package.runs.empty()) return 0;
  const auto completed =
      std::ranges::count(package.runs, RunOutcome::kCompleted, &FinishedRunRow::outcome);
  return static_cast<double>(completed) / static_cast<double>(package.runs.size());
}

// Ascending by the column, ties by name and account. What is not known is the least.
bool Less(PackageSort column, const Package& a, const Package& b) {
  const auto by = [&](const auto& x, const auto& y) {
    return std::tie(x, a.name, a.account) < std::tie(y, b.name, b.account);
  };
  switch (column) {
    case PackageSort::kPackage:
      return std::tie(a.name, a.account) < std::tie(b.name, b.account);
    case PackageSort::kFinish:
      return by(a.last_finish, b.last_finish);
    case PackageSort::kSuccess:
      return by(SuccessRatio(a), SuccessRatio(b));
    case PackageSort::kFailures:
      return by(a.consecutive_failures, b.consecutive_failures);
    case PackageSort::kRuntime:
      return by(a.median_runtime, b.median_runtime);
    case PackageSort::kRecords:
      return by(a.last_records, b.last_records);
  }
  return false;
}

Html SortHead(PackageSort column, std::string_view title, std::string_view kind,
              const StatusQuery& query) {
  const bool sorted = query.sort == column;
  const char* const order = !sorted ? "none" : query.descending ? "descending" : "ascending";
  return Html::Element("th", {{"scope", "col"}, {"class", kind}, {"aria-sort", order}},
                       Html::Element("a", {{"href", query.SortedBy(column).Link() + "#packages"}},
                                     Html::Text(title)));
}

Html SuccessCell(const Package& package) {
  const auto completed =
      std::ranges::count(package.runs, RunOutcome::kCompleted, &FinishedRunRow::outcome);
  const auto runs = std::max<int64_t>(1, std::ssize(package.runs));
  return Cell(
      Html::Text(std::to_string(completed * 100 / runs) + " % (" + std::to_string(completed) +
                 " of " + std::to_string(package.runs.size()) + ")"),
      "number");
}

Html FailuresInARowCell(const Package& package) {
  const bool none = package.consecutive_failures == 0;
  return Cell(Html::Text(std::to_string(package.consecutive_failures)),
              none ? "number wide" : "number wide alarm");
}

Html PackageRow(const Package& package, const AccountColumn& accounts, WallTime now) {
  const Html records = package.last_records ? Html::Text(GroupedNumber(*package.last_records))
                                            : Html::Text("none yet");
  const Html median = package.median_runtime ? Html::Text(RoughDuration(*package.median_runtime))
                                             : Html::Text("none yet");
  return Row(accounts.RowId("package", package.account, PercentEncode(package.name)),
             NameCell(package.name) + accounts.CellOf(package.account) +
                 Cell(OutcomeBadge(package.last_outcome) + Html::Text(" ") +
                      TimeAgo(package.last_finish, now)) +
                 Cell(TimeAgoOr(package.last_success, now, "never"), "wide") +
                 SuccessCell(package) + FailuresInARowCell(package) +
                 Cell(RuntimePlot(package.runs, package.median_runtime)) +
                 Cell(median, "number wide") + Cell(records, "number wide"));
}

Html CountCell(const Account& account, uint64_t count) {
  const bool known = !account.jobs_by_status.empty();
  return Cell(Html::Text(known ? GroupedNumber(static_cast<int64_t>(count)) : "not known"),
              "number");
}

}  // namespace

Html AccountTable(const StatusPage& page, const StatusQuery& query, WallTime now) {
  const auto before = [](const Account& a, const Account& b) {
    return std::tie(a.up, a.name) < std::tie(b.up, b.name);
  };
  const auto part = PartOf(Accepted(page.accounts, query), StatusList::kAccounts, query, before);
  Html rows;
  for (const Account* account : part.rows) {
    const std::string budget =
        account->rate_remaining ? GroupedNumber(*account->rate_remaining) + " left" : "not told";
    const Html name = Html::Element("a", {{"href", query.WithFilter(account->name).Link()}},
                                    Html::Text(account->name));
    rows += Row("account-" + PercentEncode(account->name),
                Html::Element("th", {{"scope", "row"}}, name) + Cell(ApiBadge(account->up)) +
                    Cell(TimeAgoOr(account->last_success, now, "never read yet")) +
                    Cell(Html::Text(budget), "wide") + CountCell(*account, account->running) +
                    CountCell(*account, account->waiting) + CountCell(*account, account->failed) +
                    Cell(Html::Text(account->last_error), "error"));
  }
  const Html head = ColumnHead("Account") + ColumnHead("API") + ColumnHead("Fresh as of") +
                    ColumnHead("Requests this hour", "wide") + ColumnHead("Running", "number") +
                    ColumnHead("Waiting", "number") + ColumnHead("Failed", "number") +
                    ColumnHead("Last error");
  return Section(StatusList::kAccounts, "Accounts", part, query, head, rows, "");
}

Html RunningTable(const StatusPage& page, const StatusQuery& query, WallTime now) {
  const AccountColumn accounts(page);
  const auto part = PartOf(Accepted(page.running, query), StatusList::kRunning, query, LongerThere);
  Html rows;
  for (const Job* job : part.rows) {
    const Html expected =
        job->expected ? TimeAhead(*job->expected, now) : Html::Text("no earlier run to go by");
    rows += Row(accounts.RowId("job", job->account, std::to_string(job->id)),
                NameCell(job->package) + accounts.CellOf(job->account) +
                    Cell(Html::Text(job->cluster), "wide") + JobCell(job->id, job->link) +
                    Cell(Html::Text(job->status), "wide") + ProgressCell(*job) +
                    AgeCell(*job, now) + Cell(expected) + NumberCell(job->records));
  }
  const Html head = ColumnHead("Package") + accounts.Head() + ColumnHead("Cluster", "wide") +
                    ColumnHead("Job", "number") + ColumnHead("Status", "wide") +
                    ColumnHead("Progress") + ColumnHead("Runs for") + ColumnHead("Expected end") +
                    ColumnHead("Records", "number wide");
  return Section(StatusList::kRunning, "Running", part, query, head, rows, "No job is running.");
}

Html WaitingTable(const StatusPage& page, const StatusQuery& query, WallTime now) {
  const AccountColumn accounts(page);
  const auto part = PartOf(Accepted(page.waiting, query), StatusList::kWaiting, query, LongerThere);
  Html rows;
  for (const Job* job : part.rows) {
    rows += Row(accounts.RowId("job", job->account, std::to_string(job->id)),
                NameCell(job->package) + accounts.CellOf(job->account) +
                    Cell(Html::Text(job->cluster), "wide") + JobCell(job->id, job->link) +
                    Cell(Html::Text(job->status)) + AgeCell(*job, now));
  }
  const Html head = ColumnHead("Package") + accounts.Head() + ColumnHead("Cluster", "wide") +
                    ColumnHead("Job", "number") + ColumnHead("Status") + ColumnHead("Waits for");
  return Section(StatusList::kWaiting, "Waiting", part, query, head, rows, "No job is waiting.");
}

Html FailureTable(const StatusPage& page, const StatusQuery& query, WallTime now) {
  const AccountColumn accounts(page);
  const auto later = [](const Failure& a, const Failure& b) {
    return std::pair(a.finished_at, a.id) > std::pair(b.finished_at, b.id);
  };
  const auto part = PartOf(Accepted(page.failures, query), StatusList::kFailures, query, later);
  Html rows;
  for (const Failure* failure : part.rows) {
    const Html runtime = failure->runtime ? Html::Text(RoughDuration(*failure->runtime))
                                          : Html::Text("never started");
    rows += Row(accounts.RowId("failure", failure->account, std::to_string(failure->id)),
                NameCell(failure->package) + accounts.CellOf(failure->account) +
                    Cell(Html::Text(failure->cluster), "wide") +
                    JobCell(failure->id, failure->link) + Cell(TimeAgo(failure->finished_at, now)) +
                    Cell(runtime, "wide") + Cell(Html::Text(ErrorText(*failure)), "error"));
  }
  const Html head = ColumnHead("Package") + accounts.Head() + ColumnHead("Cluster", "wide") +
                    ColumnHead("Job", "number") + ColumnHead("Failed") +
                    ColumnHead("Ran for", "wide") + ColumnHead("Reason");
  return Section(StatusList::kFailures, "Latest failures", part, query, head, rows,
                 "No job has failed.");
}

Html PackageTable(const StatusPage& page, const StatusQuery& query, WallTime now) {
  const AccountColumn accounts(page);
  const auto before = [&](const Package& a, const Package& b) {
    return query.descending ? Less(query.sort, b, a) : Less(query.sort, a, b);
  };
  const auto part = PartOf(Accepted(page.packages, query), StatusList::kPackages, query, before);
  Html rows;
  for (const Package* package : part.rows) rows += PackageRow(*package, accounts, now);
  const auto sort_by = [&](PackageSort column, std::string_view title, std::string_view kind) {
    return SortHead(column, title, kind, query);
  };
  const Html head =
      sort_by(PackageSort::kPackage, "Package", "") + accounts.Head() +
      sort_by(PackageSort::kFinish, "Last run", "") + ColumnHead("Last success", "wide") +
      sort_by(PackageSort::kSuccess, "Success", "number") +
      sort_by(PackageSort::kFailures, "Failures in a row", "number wide") + ColumnHead("Runtimes") +
      sort_by(PackageSort::kRuntime, "Median", "number wide") +
      sort_by(PackageSort::kRecords, "Records", "number wide");
  return Section(StatusList::kPackages, "Packages", part, query, head, rows,
                 "No job has finished yet.");
}

}  // namespace xplenty
