#include "status_page/status_page.h"

#include <algorithm>

#include "status_page/html.h"
#include "status_page/status_cells.h"
#include "status_page/status_tables.h"

namespace xplenty {
namespace {

using Account = StatusPage::Account;

Html Fact(std::string_view name, const Html& value) {
  return Html::Element("dt", Html::Text(name)) + Html::Element("dd", value);
}

Html Budget(const Account& account) {
  if (!account.rate_limit || !account.rate_remaining) return Html::Text("not told by the API");
  const int64_t limit = std::max<int64_t>(1, *account.rate_limit);
  const int64_t left = std::clamp<int64_t>(*account.rate_remaining, 0, limit);
  const std::string text = GroupedNumber(*account.rate_remaining) + " of " +
                           GroupedNumber(*account.rate_limit) + " left";
  const Html stats = Html::Element("stats",
                                   {{"min", "0"},
                                    {"max", std::to_string(limit)},
                                    {"low", std::to_string(limit / 10)},
                                    {"high", std::to_string(limit / 2)},
                                    {"optimum", std::to_string(limit)},
                                    {"value", std::to_string(left)},
                                    {"aria-label", "Requests left of " + account.name}},
                                   Html::Text(text));
  return stats + Html::Text(" " + text);
}

Html JobsByStatus(const Account& account) {
  Html items;
  for (const auto& [status, jobs] : account.jobs_by_status) {
    const Html count =
        Html::Element("strong", Html::Text(GroupedNumber(static_cast<int64_t>(jobs))));
    items += Html::Element("li", {{"class", jobs == 0 ? "nothing" : ""}},
                           count + Html::Text(" " + status));
  }
  if (items.empty()) return Html::Text("not known: the API has not told it lately");
  const std::string window = "Finished ones are those of the last ";
  return Html::Element("ul", {{"class", "statuses"}}, items) +
         Html::Element("p", Html::Text(window + RoughDuration(account.lookback) + "."));
}

Html AccountSection(const Account& account, WallTime now) {
  Html facts = Fact("API", ApiBadge(account.up));
  if (!account.last_error.empty()) facts += Fact("Last error", Html::Text(account.last_error));
  facts += Fact("Fresh as of", TimeAgoOr(account.last_success, now, "never read yet"));
  if (account.last_refresh != account.last_success) {
    facts += Fact("Last tried", TimeAgoOr(account.last_refresh, now, "never"));
  }
  facts += Fact("Requests this hour", Budget(account));
  facts += Fact("Jobs", JobsByStatus(account));
  return Html::Element("section", {{"class", "account"}},
                       Html::Element("h2", Html::Text(account.name)) + Html::Element("dl", facts));
}

Html Hidden(std::string_view name, std::string_view value) {
  return Html::Void("input", {{"type", "hidden"}, {"name", name}, {"value", value}});
}

Html FilterForm(const StatusQuery& query, bool several) {
  Html content =
      Html::Element("label", {{"for", "filter"}},
                    Html::Text(several ? "Account, package or cluster" : "Package or cluster")) +
      Html::Void("input", {{"type", "search"},
                           {"id", "filter"},
                           {"name", "filter"},
                           {"autocomplete", "off"},
                           {"value", query.filter}});
  if (query.sort != PackageSort::kPackage) content += Hidden("sort", ToString(query.sort));
  if (query.descending) content += Hidden("order", "desc");
  content += Html::Element("button", {{"type", "submit"}}, Html::Text("Filter"));
  if (!query.filter.empty()) {
    StatusQuery all = query;
    all.filter.clear();
    content += Html::Element("a", {{"href", all.Link()}}, Html::Text("Show all"));
  }
  return Html::Element("form", {{"method", "get"}, {"action", "/"}, {"role", "search"}}, content);
}

Html Link(std::string_view target, std::string_view text) {
  return Html::Element("li", Html::Element("a", {{"href", target}}, Html::Text(text)));
}

Html Header(const StatusPage& page) {
  std::string version = "Version " + page.version;
  if (!page.revision.empty()) version += ", revision " + page.revision;
  const Html links = Link(page.telemetry_path, "Metrics") + Link("/-/healthy", "Health") +
                     Link("/-/ready", "Readiness");
  return Html::Element(
      "header",
      Html::Element("h1", Html::Text("Xplenty exporter")) +
          Html::Element("p", Html::Text(version)) +
          Html::Element("nav", {{"aria-label", "Endpoints"}}, Html::Element("ul", links)) +
          // What the script has to say of the connection.
          Html::Element("p", {{"id", "connection"}, {"role", "status"}}, {}));
}

Html Head() {
  const auto meta = [](std::string_view name, std::string_view content) {
    return Html::Void("meta", {{"name", name}, {"content", content}});
  };
  return Html::Element("head",
                       Html::Void("meta", {{"charset", "utf-8"}}) +
                           meta("viewport", "width=device-width, initial-scale=1") +
                           meta("color-scheme", "light dark") +
                           Html::Element("title", Html::Text("Xplenty exporter")) +
                           Html::Void("link", {{"rel", "icon"}, {"href", "data:,"}}) +
                           Html::Void("link", {{"rel", "stylesheet"}, {"href", "/status.css"}}) +
                           Html::Element("script", {{"src", "/status.js"}, {"defer", ""}}, {}) +
                           Html::Element("noscript", Html::Void("meta", {{"http-equiv", "refresh"},
                                                                         {"content", "15"}})));
}

}  // namespace

std::string RenderStatusPage(const StatusPage& page, const StatusQuery& query, WallTime now) {
  const bool known = std::ranges::any_of(  // what unfinished jobs do
      page.accounts, [](const Account& account) { return !account.jobs_by_status.empty(); });
  Html main;
  if (page.accounts.size() > 1) {
    main = AccountTable(page, query, now);
  } else {
    main = Html::Element("div", {{"class", "accounts"}},
                         page.accounts.empty()
                             ? Html::Element("p", Html::Text("No account is served here."))
                             : AccountSection(page.accounts.front(), now));
  }
  const WallTime server_now = now + page.server_ahead;
  if (known) main += RunningTable(page, query, server_now) + WaitingTable(page, query, server_now);
  main += FailureTable(page, query, server_now) + PackageTable(page, query, server_now);
  const Html body =
      Html::Element("a", {{"class", "skip"}, {"href", "#live"}}, Html::Text("Skip to the jobs")) +
      Header(page) + FilterForm(query, page.accounts.size() > 1) +
      Html::Element("main", {{"id", "live"}, {"tabindex", "-1"}}, main);
  const Html document =
      Html::Element("html", {{"lang", "en"}}, Head() + Html::Element("body", body));
  return "<!DOCTYPE html>\n" + document.markup() + "\n";
}

}  // namespace xplenty
