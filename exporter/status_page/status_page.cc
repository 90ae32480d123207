#include "status_page/status_page.h"

#include <algorithm>

#include "status_page/account_table.h"
#include "status_page/html.h"
#include "status_page/job_tables.h"
#include "status_page/package_table.h"

namespace xplenty {
namespace {

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
          // The script reports here whether it reaches the exporter.
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

// Returns how far the API's clock is ahead of this machine's; 0 if no account knows it.
std::chrono::milliseconds ServerAhead(const StatusPage& page) {
  for (const auto& account : page.accounts) {
    if (account.health.server_ahead.count() != 0) return account.health.server_ahead;
  }
  return {};
}

}  // namespace

std::string RenderStatusPage(const StatusPage& page, const StatusQuery& query, WallTime now) {
  const bool state_known = std::ranges::any_of(page.accounts, [](const auto& account) {
    return account.view && account.view->state_current;
  });
  Html main;
  if (page.accounts.size() > 1) {
    main = AccountTable(page, query, now);
  } else {
    main = Html::Element("div", {{"class", "accounts"}},
                         page.accounts.empty()
                             ? Html::Element("p", Html::Text("This exporter serves no account."))
                             : AccountSection(page.accounts.front(), now));
  }
  const WallTime server_now = now + ServerAhead(page);
  if (state_known) {
    main += RunningTable(page, query, server_now) + WaitingTable(page, query, server_now);
  }
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
