#include "status_page/package_table.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "base/ascii.h"
#include "status_page/job_figures.h"
#include "status_page/runtime_plot.h"
#include "status_page/status_cells.h"
#include "status_page/table.h"

namespace xplenty {
namespace {

using Account = StatusPage::Account;

// One package, its account and the figures of its runs that rows are sorted by.
struct PackageRow {
  const Account* account;
  const PackageView* package;
  int64_t completed;                      // Runs that completed.
  std::optional<int64_t> median_runtime;  // In seconds.

  double SuccessRatio() const {
    const auto runs = std::max<size_t>(1, package->recent->size());
    return static_cast<double>(completed) / static_cast<double>(runs);
  }
  std::optional<int64_t> LastRecords() const {
    return package->last_success ? std::optional(package->last_success->records) : std::nullopt;
  }
};

// Compares by the column, then by name and account. An unknown value is less than any other.
bool Less(PackageSort column, const PackageRow& a, const PackageRow& b) {
  const auto by = [&](const auto& x, const auto& y) {
    return std::tie(x, a.package->package, a.account->name) <
           std::tie(y, b.package->package, b.account->name);
  };
  switch (column) {
    case PackageSort::kPackage:
      return by(a.package->package, b.package->package);
    case PackageSort::kFinish:
      return by(a.package->last_finish, b.package->last_finish);
    case PackageSort::kSuccess:
      return by(a.SuccessRatio(), b.SuccessRatio());
    case PackageSort::kFailures:
      return by(a.package->consecutive_failures, b.package->consecutive_failures);
    case PackageSort::kRuntime:
      return by(a.median_runtime, b.median_runtime);
    case PackageSort::kRecords:
      return by(a.LastRecords(), b.LastRecords());
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

Html SuccessCell(const PackageRow& row) {
  const auto runs = std::max<int64_t>(1, std::ssize(*row.package->recent));
  return Cell(Html::Text(std::to_string(row.completed * 100 / runs) + " % (" +
                         std::to_string(row.completed) + " of " +
                         std::to_string(row.package->recent->size()) + ")"),
              "number");
}

Html FailuresInARowCell(const PackageView& package) {
  const bool none = package.consecutive_failures == 0;
  return Cell(Html::Text(std::to_string(package.consecutive_failures)),
              none ? "number wide" : "number wide alarm");
}

Html RenderRow(const PackageRow& row, const AccountColumn& accounts, WallTime now) {
  const PackageView& package = *row.package;
  const auto last_success = package.last_success
                                ? std::optional<WallTime>(package.last_success->finished_at)
                                : std::nullopt;
  const auto records = row.LastRecords();
  const std::string median =
      row.median_runtime ? RoughDuration(std::chrono::seconds(*row.median_runtime)) : "none yet";
  return Row(accounts.RowId("package", *row.account, PercentEncode(package.package)),
             NameCell(package.package) + accounts.CellOf(*row.account) +
                 Cell(OutcomeBadge(package.last_status) + Html::Text(" ") +
                      TimeAgo(package.last_finish, now)) +
                 Cell(TimeAgoOr(last_success, now, "never"), "wide") + SuccessCell(row) +
                 FailuresInARowCell(package) +
                 Cell(RuntimePlot(*package.recent, row.median_runtime)) +
                 Cell(Html::Text(median), "number wide") +
                 Cell(Html::Text(records ? GroupedNumber(*records) : "none yet"), "number wide"));
}

}  // namespace

Html PackageTable(const StatusPage& page, const StatusQuery& query, WallTime server_now) {
  const AccountColumn accounts(page);
  std::vector<PackageRow> rows;
  for (const Account& account : page.accounts) {
    if (!account.view) continue;
    for (const PackageView& package : account.view->packages) {
      if (!query.Accepts({account.name, package.package})) continue;
      rows.push_back({.account = &account,
                      .package = &package,
                      .completed = CompletedRuns(*package.recent),
                      .median_runtime = MedianRuntime(*package.recent)});
    }
  }
  const auto less = [&](const PackageRow& a, const PackageRow& b) {
    return query.descending ? Less(query.sort, b, a) : Less(query.sort, a, b);
  };
  const ListPart part = KeepPart(rows, StatusList::kPackages, query, less);
  const auto sort_by = [&](PackageSort column, std::string_view title, std::string_view kind) {
    return SortHead(column, title, kind, query);
  };
  ListContent content{.title = "Packages", .if_empty = "No job has finished yet."};
  content.head = sort_by(PackageSort::kPackage, "Package", "") + accounts.Head() +
                 sort_by(PackageSort::kFinish, "Last run", "") +
                 ColumnHead("Last success", "wide") +
                 sort_by(PackageSort::kSuccess, "Success", "number") +
                 sort_by(PackageSort::kFailures, "Failures in a row", "number wide") +
                 ColumnHead("Runtimes") + sort_by(PackageSort::kRuntime, "Median", "number wide") +
                 sort_by(PackageSort::kRecords, "Records", "number wide");
  for (const PackageRow& row : rows) content.rows += RenderRow(row, accounts, server_now);
  return ListSection(StatusList::kPackages, content, part, query);
}

}  // namespace xplenty
