#include "status_page/account_table.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "base/ascii.h"
#include "status_page/job_figures.h"
#include "status_page/status_cells.h"
#include "status_page/table.h"

namespace xplenty {
namespace {

using Account = StatusPage::Account;

bool KnowsState(const Account& account) {
  return account.view && account.view->state_current;
}

Html CountCell(const Account& account, uint64_t count) {
  const std::string text =
      KnowsState(account) ? GroupedNumber(static_cast<int64_t>(count)) : "unknown";
  return Cell(Html::Text(text), "number");
}

Html AccountRow(const Account& account, const StatusQuery& query, WallTime now) {
  const ApiHealth& health = account.health;
  const JobCounts counts = KnowsState(account) ? CountJobs(*account.view) : JobCounts();
  const auto& remaining = health.rate_limit.remaining;
  const std::string budget = remaining ? GroupedNumber(*remaining) + " left" : "not reported";
  const Html name = Html::Element("a", {{"href", query.WithFilter(account.name).Link()}},
                                  Html::Text(account.name));
  return Row("account-" + PercentEncode(account.name),
             Html::Element("th", {{"scope", "row"}}, name) + Cell(ApiBadge(health.up)) +
                 Cell(TimeAgoOr(health.last_success, now, "none yet")) +
                 Cell(Html::Text(budget), "wide") + CountCell(account, counts.running) +
                 CountCell(account, counts.waiting) +
                 CountCell(account, counts.by_status[static_cast<size_t>(JobStatus::kFailed)]) +
                 Cell(Html::Text(health.last_error), "error"));
}

Html Fact(std::string_view name, const Html& value) {
  return Html::Element("dt", Html::Text(name)) + Html::Element("dd", value);
}

Html Budget(const Account& account) {
  const RateLimit& rate = account.health.rate_limit;
  if (!rate.limit || !rate.remaining) return Html::Text("not reported by the API");
  const int64_t limit = std::max<int64_t>(1, *rate.limit);
  const int64_t left = std::clamp<int64_t>(*rate.remaining, 0, limit);
  const std::string text =
      GroupedNumber(*rate.remaining) + " of " + GroupedNumber(*rate.limit) + " left";
  const Html meter = Html::Element("meter",
                                   {{"min", "0"},
                                    {"max", std::to_string(limit)},
                                    {"low", std::to_string(limit / 10)},
                                    {"high", std::to_string(limit / 2)},
                                    {"optimum", std::to_string(limit)},
                                    {"value", std::to_string(left)},
                                    {"aria-label", "API requests left for " + account.name}},
                                   Html::Text(text));
  return meter + Html::Text(" " + text);
}

Html JobsByStatus(const Account& account) {
  if (!KnowsState(account)) return Html::Text("unknown, because no refresh has completed recently");
  const JobCounts counts = CountJobs(*account.view);
  Html items;
  for (const JobStatus status : kAllStatuses) {
    const uint64_t jobs = counts.by_status[static_cast<size_t>(status)];
    const Html count =
        Html::Element("strong", Html::Text(GroupedNumber(static_cast<int64_t>(jobs))));
    items += Html::Element("li", {{"class", jobs == 0 ? "nothing" : ""}},
                           count + Html::Text(" " + std::string(ToString(status))));
  }
  const auto lookback = std::chrono::floor<std::chrono::seconds>(account.lookback);
  return Html::Element("ul", {{"class", "statuses"}}, items) +
         Html::Element("p", Html::Text("Completed, failed and stopped jobs are those of the last " +
                                       RoughDuration(lookback) + "."));
}

Html NewSeries(const AccountView& view) {
  return Html::Text(GroupedNumber(static_cast<int64_t>(view.daily_new_series)) +
                    " in the last 24 h, as most runs made new ones. Fewer with: " +
                    SettingForFewerSeries(view.labels));
}

}  // namespace

Html AccountTable(const StatusPage& page, const StatusQuery& query, WallTime now) {
  std::vector<const Account*> accounts;
  for (const Account& account : page.accounts) {
    if (query.Accepts({account.name})) accounts.push_back(&account);
  }
  const auto less = [](const Account* a, const Account* b) {
    return std::tie(a->health.up, a->name) < std::tie(b->health.up, b->name);
  };
  const ListPart part = KeepPart(accounts, StatusList::kAccounts, query, less);
  ListContent content{.title = "Accounts", .if_empty = ""};
  content.head = ColumnHead("Account") + ColumnHead("API") + ColumnHead("Last refresh") +
                 ColumnHead("Requests this hour", "wide") + ColumnHead("Running", "number") +
                 ColumnHead("Waiting", "number") + ColumnHead("Failed", "number") +
                 ColumnHead("Last error");
  for (const Account* account : accounts) content.rows += AccountRow(*account, query, now);
  return ListSection(StatusList::kAccounts, content, part, query);
}

Html AccountSection(const Account& account, WallTime now) {
  const ApiHealth& health = account.health;
  Html facts = Fact("API", ApiBadge(health.up));
  if (!health.last_error.empty()) facts += Fact("Last error", Html::Text(health.last_error));
  facts += Fact("Last refresh", TimeAgoOr(health.last_success, now, "none yet"));
  if (health.last_refresh != health.last_success) {
    facts += Fact("Last attempt", TimeAgoOr(health.last_refresh, now, "none yet"));
  }
  facts += Fact("Requests this hour", Budget(account));
  facts += Fact("Jobs", JobsByStatus(account));
  if (account.view && account.view->daily_new_series > 0) {
    facts += Fact("New series", NewSeries(*account.view));
  }
  return Html::Element("section", {{"class", "account"}},
                       Html::Element("h2", Html::Text(account.name)) + Html::Element("dl", facts));
}

}  // namespace xplenty
