#include "status_page/status_page.h"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "status_page/status_assets.h"

namespace xplenty {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const Timestamp kThen = *ParseIso8601("2026-03-01T09:30:00Z");
const WallTime kNow = kThen;

StatusPage Example() {
  StatusPage page;
  page.version = "1.2.3";
  page.revision = "abc123";
  page.telemetry_path = "/metrics";
  page.accounts.push_back({.name = "Acme",
                           .up = true,
                           .last_refresh = kNow - seconds(3),
                           .last_success = kNow - hours(2),
                           .rate_limit = 5000,
                           .rate_remaining = 4321,
                           .lookback = hours(24),
                           .jobs_by_status = {{"running", 3}, {"failed", 0}}});
  page.running.push_back({.id = 7,
                          .package = "sales",
                          .cluster = "blue",
                          .status = "stopping",
                          .progress = 0.256,
                          .since = kThen - minutes(5),
                          .expected = kThen + minutes(1),
                          .records = 12345,
                          .link = "https://x/7"});
  page.waiting.push_back({.id = 8,
                          .package = "orders",
                          .cluster = "red",
                          .status = "queued",
                          .since = kThen - hours(1)});
  page.failures.push_back({.id = 9,
                           .package = "crm",
                           .cluster = "blue",
                           .finished_at = kThen - minutes(2),
                           .runtime = seconds(30),
                           .error = "no such table",
                           .link = "https://x/9"});
  page.packages.push_back({.name = "sales",
                           .last_outcome = RunOutcome::kFailed,
                           .last_finish = kThen - minutes(2),
                           .last_success = kThen - hours(3),
                           .last_records = 777,
                           .consecutive_failures = 4,
                           .median_runtime = seconds(42),
                           .runs = {{.finished_at = kThen, .outcome = RunOutcome::kCompleted},
                                    {.finished_at = kThen, .outcome = RunOutcome::kFailed}}});
  return page;
}

std::string Render(const StatusPage& page, const StatusQuery& query = {}) {
  return RenderStatusPage(page, query, kNow);
}

std::string Between(const std::string& text, const std::string& from, const std::string& to) {
  const size_t begin = text.find(from);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find(to, begin) - begin);
}

std::string SectionOf(const std::string& html, const std::string& id) {
  return Between(html, "<section id=\"" + id + "\"", "</section>");
}

// The ids of the rows, in their order on the page.
std::vector<std::string> RowIds(const std::string& html) {
  std::vector<std::string> ids;
  const std::string mark = "<tr id=\"";
  for (size_t at = html.find(mark); at != std::string::npos; at = html.find(mark, at + 1)) {
    const size_t begin = at + mark.size();
    ids.push_back(html.substr(begin, html.find('"', begin) - begin));
  }
  return ids;
}

// The names of elements that are not closed in the right order; empty if there are none.
std::vector<std::string> Unclosed(const std::string& html) {
  const std::vector<std::string> kVoid = {"!DOCTYPE", "meta", "link", "input"};
  std::vector<std::string> open;
  for (size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const bool closes = html[at + 1] == '/';
    const size_t begin = at + (closes ? 2 : 1);
    const std::string name = html.substr(begin, html.find_first_of(" >", begin) - begin);
    if (closes) {
      if (open.empty() || open.back() != name) return {"</" + name};
      open.pop_back();
    } else if (std::ranges::find(kVoid, name) == kVoid.end()) {
      open.push_back(name);
    }
  }
  return open;
}

TEST(StatusPage, IsAWholeHtml5Document) {
  const std::string html = Render(Example());
  EXPECT_THAT(html, StartsWith("<!DOCTYPE html>\n<html lang=\"en\">"));
  EXPECT_THAT(html, HasSubstr("<title>Xplenty exporter</title>"));
  EXPECT_EQ(html.find("<h1>"), html.rfind("<h1>"));
  EXPECT_TRUE(Unclosed(html).empty()) << Unclosed(html).back();
}

TEST(StatusPage, ReloadsItselfWithoutScript) {
  EXPECT_THAT(Render(Example()),
              HasSubstr("<noscript><meta http-equiv=\"refresh\" content=\"15\"></noscript>"));
}

TEST(StatusPage, LinksToTheEndpoints) {
  StatusPage page = Example();
  page.telemetry_path = "/my\"metrics";
  const std::string html = Render(page);
  EXPECT_THAT(html, HasSubstr("<a href=\"/my&quot;metrics\">"));
  EXPECT_THAT(html, HasSubstr("<a href=\"/-/healthy\">"));
  EXPECT_THAT(html, HasSubstr("<a href=\"/-/ready\">"));
}

TEST(StatusPage, ShowsTheStateOfTheAccount) {
  const std::string acme = Between(Render(Example()), "<h2>Acme</h2>", "</section>");
  EXPECT_THAT(acme, HasSubstr(">reachable<"));
  EXPECT_THAT(acme, Not(HasSubstr("Last error")));
  EXPECT_THAT(acme, HasSubstr(">2h ago<"));
  EXPECT_THAT(acme, HasSubstr(">3s ago<"));
  EXPECT_THAT(acme,
              HasSubstr("max=\"5000\" low=\"500\" high=\"2500\" optimum=\"5000\" value=\"4321\""));
  EXPECT_THAT(acme, HasSubstr("4,321 of 5,000 left"));
  EXPECT_THAT(acme, HasSubstr("<strong>3</strong> running"));
}

TEST(StatusPage, ShowsTheAccountsError) {
  StatusPage page = Example();
  page.accounts = {{.name = "Other", .up = false, .last_error = "refused"}};
  const std::string other = Between(Render(page), "<h2>Other</h2>", "</section>");
  EXPECT_THAT(other, HasSubstr(">not reachable<"));
  EXPECT_THAT(other, HasSubstr("<dd>refused</dd>"));
  EXPECT_THAT(other, HasSubstr("never read yet"));
  EXPECT_THAT(other, HasSubstr("not told by the API"));
  EXPECT_THAT(other, HasSubstr("not known: the API has not told it lately"));
}

TEST(StatusPage, ListsFailingAccountsFirst) {
  StatusPage page = Example();
  page.accounts.push_back({.name = "B & co", .up = false, .last_error = "refused", .running = 7});
  page.accounts.push_back({.name = "Aaa", .up = true});
  const std::string accounts = SectionOf(Render(page), "accounts");
  const auto at = [&](const std::string& text) { return accounts.find(">" + text + "<"); };
  EXPECT_LT(at("B &amp; co"), at("Aaa"));
  EXPECT_LT(at("Aaa"), at("Acme"));
  EXPECT_NE(at("Acme"), std::string::npos);
  EXPECT_THAT(accounts, HasSubstr(">not reachable<"));
  EXPECT_THAT(accounts, HasSubstr(">refused<"));
  EXPECT_THAT(accounts, HasSubstr(">not known<")) << "what runs there";
  EXPECT_THAT(accounts, HasSubstr("<a href=\"/?filter=B%20%26%20co\">"));
}

TEST(StatusPage, RowsNameTheirAccount) {
  StatusPage page = Example();
  for (const char* list : {"running", "waiting", "failures", "packages"}) {
    EXPECT_THAT(SectionOf(Render(page), list), Not(HasSubstr(">Account</th>"))) << list;
  }
  page.accounts.push_back({.name = "Other"});
  page.packages.push_back(page.packages.at(0));  // of the same name
  page.packages.front().account = "Acme";
  page.packages.back().account = "Other";
  const std::string html = Render(page);
  for (const char* list : {"running", "waiting", "failures", "packages"}) {
    EXPECT_THAT(SectionOf(html, list), HasSubstr(">Account</th>")) << list;
  }
  const std::string name = page.packages.back().name;
  EXPECT_THAT(html, HasSubstr("id=\"package-Acme-" + name + "\""));
  EXPECT_THAT(html, HasSubstr("id=\"package-Other-" + name + "\""));
}

TEST(StatusPage, HidesJobsWhileStateIsUnknown) {
  StatusPage page = Example();
  page.accounts[0].jobs_by_status.clear();
  const std::string html = Render(page);
  EXPECT_EQ(SectionOf(html, "running") + SectionOf(html, "waiting"), "");
  EXPECT_NE(SectionOf(html, "packages"), "");
}

TEST(StatusPage, SaysWhenThereIsNothing) {
  EXPECT_THAT(Render({}), HasSubstr("No account is served here."));
  StatusPage page = Example();
  page.running.clear();
  page.waiting.clear();
  page.failures.clear();
  page.packages.clear();
  const std::string html = Render(page);
  for (const char* text : {"No job is running.", "No job is waiting.", "No job has failed.",
                           "No job has finished yet."}) {
    EXPECT_THAT(html, HasSubstr(text));
  }
  EXPECT_THAT(Render(page, {.filter = "x"}), HasSubstr("None with such a name."));
}

TEST(StatusPage, ShowsRunningJobsAndExpectedEnd) {
  StatusPage page = Example();
  const std::string running = SectionOf(Render(page), "running");
  for (const char* text :
       {"<th scope=\"row\">sales</th>", ">blue<", "<a href=\"https://x/7\"", ">stopping<",
        "value=\"0.256000\"", " 25 %", ">5m<", ">in 1m<", ">12,345<"}) {
    EXPECT_THAT(running, HasSubstr(text));
  }
  for (const auto& [progress, percent] :
       {std::pair(0.29, ">29 %<"), std::pair(0.999, ">99 %<"), std::pair(1.0, ">100 %<")}) {
    page.running[0].progress = progress;
    EXPECT_THAT(SectionOf(Render(page), "running"), HasSubstr(percent));
  }
  page.running[0].expected = kThen - minutes(3);
  EXPECT_THAT(SectionOf(Render(page), "running"), HasSubstr("late by 3m"));
  page.running[0] = {.id = 7};
  const std::string unknown = SectionOf(Render(page), "running");
  EXPECT_THAT(unknown, HasSubstr("no earlier run to go by"));
  EXPECT_THAT(unknown, HasSubstr("not told"));
  EXPECT_THAT(unknown, HasSubstr("unknown"));
}

TEST(StatusPage, JobAgesUseTheServersClock) {
  StatusPage page = Example();
  page.server_ahead = minutes(10);
  const std::string html = Render(page);
  EXPECT_THAT(SectionOf(html, "running"), HasSubstr(">15m<"));
  EXPECT_THAT(SectionOf(html, "running"), HasSubstr(">late by 9m<"));
  EXPECT_THAT(SectionOf(html, "failures"), HasSubstr(">12m ago<"));
  EXPECT_THAT(html, HasSubstr(">3s ago<"));  // the refresh: by this machine's
}

TEST(StatusPage, ShowsWhyJobsFailed) {
  StatusPage page = Example();
  page.failures.push_back({.id = 10, .package = "x", .cluster = "y", .finished_at = kThen});
  const std::string failures = SectionOf(Render(page), "failures");
  EXPECT_EQ(RowIds(failures), (std::vector<std::string>{"failure-10", "failure-9"}));
  EXPECT_THAT(failures, HasSubstr(">no such table<"));
  EXPECT_THAT(failures, HasSubstr("<a href=\"https://x/9\""));
  EXPECT_THAT(failures, HasSubstr(">2m ago<"));
  EXPECT_THAT(failures, HasSubstr("The API has told no reason."));
  EXPECT_THAT(failures, HasSubstr("never started"));
}

TEST(StatusPage, ShowsPackages) {
  const std::string packages = SectionOf(Render(Example()), "packages");
  for (const char* text : {"50 % (1 of 2)", ">3h ago<", ">777<", ">4<", "<svg", ">42s<",
                           "<span class=\"badge failed\">failed</span>"}) {
    EXPECT_THAT(packages, HasSubstr(text));
  }
}

TEST(StatusPage, SortsPackagesByEachColumn) {
  StatusPage page;
  const auto add = [&](const char* name, int64_t rank, double success) {
    StatusPage::Package package{.name = name,
                                .last_finish = kThen + seconds(rank),
                                .last_records = rank,
                                .consecutive_failures = static_cast<uint64_t>(rank),
                                .median_runtime = seconds(rank)};
    for (int i = 0; i < 10; ++i) {
      package.runs.push_back(
          {.outcome = i < 10 * success ? RunOutcome::kCompleted : RunOutcome::kFailed});
    }
    page.packages.push_back(package);
  };
  add("b", 1, 0.1);
  add("a", 2, 0.5);
  add("c", 3, 0.9);
  for (const auto sort : {PackageSort::kFinish, PackageSort::kSuccess, PackageSort::kFailures,
                          PackageSort::kRuntime, PackageSort::kRecords}) {
    EXPECT_EQ(RowIds(Render(page, {.sort = sort})),
              (std::vector<std::string>{"package-b", "package-a", "package-c"}))
        << ToString(sort);
    EXPECT_EQ(RowIds(Render(page, {.sort = sort, .descending = true})),
              (std::vector<std::string>{"package-c", "package-a", "package-b"}))
        << ToString(sort);
  }
  EXPECT_EQ(RowIds(Render(page)),
            (std::vector<std::string>{"package-a", "package-b", "package-c"}));
  const std::string html = Render(page, {.sort = PackageSort::kRecords, .descending = true});
  EXPECT_THAT(html, HasSubstr("aria-sort=\"descending\"><a href=\"/?sort=records#packages\""));
  EXPECT_THAT(html,
              HasSubstr("aria-sort=\"none\"><a href=\"/?sort=finish&amp;order=desc#packages\""));
}

TEST(StatusPage, FiltersEveryList) {
  StatusPage page = Example();
  const auto ids = [&](const char* filter) { return RowIds(Render(page, {.filter = filter})); };
  EXPECT_EQ(ids("SAL"), (std::vector<std::string>{"job-7", "package-sales"}));
  EXPECT_EQ(ids("blue"), (std::vector<std::string>{"job-7", "failure-9"}));
  EXPECT_EQ(ids("red"), (std::vector<std::string>{"job-8"}));
}

TEST(StatusPage, FilterKeepsTheOrder) {
  const std::string form = Between(
      Render(Example(), {.filter = "\"a", .sort = PackageSort::kRecords, .descending = true}),
      "<form", "</form>");
  EXPECT_THAT(form, HasSubstr("value=\"&quot;a\""));
  EXPECT_THAT(form, HasSubstr("<input type=\"hidden\" name=\"sort\" value=\"records\">"));
  EXPECT_THAT(form, HasSubstr("<input type=\"hidden\" name=\"order\" value=\"desc\">"));
  EXPECT_THAT(form, HasSubstr("<a href=\"/?sort=records&amp;order=desc\">Show all</a>"));
}

TEST(StatusPage, PagesLongLists) {
  StatusPage page = Example();
  for (int64_t id = 100; id < 160; ++id) {
    page.running.push_back({.id = id, .package = "p", .since = kThen - hours(24) + seconds(id)});
  }
  const auto part = [&](size_t number) {
    return SectionOf(Render(page, StatusQuery().WithPage(StatusList::kRunning, number)), "running");
  };
  EXPECT_THAT(part(1), HasSubstr(">61</span>"));
  EXPECT_EQ(RowIds(part(1)).size(), 25U);
  EXPECT_EQ(RowIds(part(1)).front(), "job-100");  // it runs the longest
  EXPECT_EQ(RowIds(part(2)).front(), "job-125");
  EXPECT_EQ(RowIds(part(3)).back(), "job-7");
  EXPECT_EQ(RowIds(part(99)), RowIds(part(3)));
  EXPECT_THAT(part(1), Not(HasSubstr("rel=\"prev\"")));
  EXPECT_THAT(part(2), HasSubstr("<a href=\"/#running\" rel=\"prev\">"));
  EXPECT_THAT(part(2), HasSubstr("<a href=\"/?running=3#running\" rel=\"next\">"));
  EXPECT_THAT(part(3), Not(HasSubstr("rel=\"next\"")));
}

TEST(StatusPage, SizeIsBoundedForManyJobs) {
  StatusPage page = Example();
  for (int64_t id = 1000; id < 11'000; ++id) {
    page.running.push_back({.id = id, .package = "p", .status = "running"});
    page.waiting.push_back({.id = id + 20'000, .package = "p", .status = "queued"});
  }
  for (int i = 0; i < 500; ++i) {
    StatusPage::Package package{.name = std::to_string(i)};
    package.runs.resize(20);
    page.packages.push_back(package);
  }
  EXPECT_LT(Render(page).size(), 250'000U);
}

TEST(StatusPage, EscapesEveryText) {
  constexpr char kHostile[] = "</td><script>alert('1')</script>\"&";
  StatusPage page = Example();
  page.version = page.revision = page.telemetry_path = kHostile;
  page.accounts[0].name = page.accounts[0].last_error = kHostile;
  page.accounts[0].jobs_by_status = {{kHostile, 1}};
  for (auto* jobs : {&page.running, &page.waiting}) {
    auto& job = jobs->front();
    job.package = job.cluster = job.status = job.link = kHostile;
  }
  page.failures[0].package = page.failures[0].cluster = kHostile;
  page.failures[0].error = page.failures[0].link = kHostile;
  page.packages[0].name = kHostile;
  const std::string html = Render(page, {.filter = "<"});
  const std::string all = Render(page) + html;
  EXPECT_THAT(all, Not(HasSubstr("<script>")));
  EXPECT_THAT(all, Not(HasSubstr("alert('")));
  EXPECT_THAT(all, HasSubstr("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;"));
  EXPECT_TRUE(Unclosed(html).empty());
}

// The browser would refuse these because of kStatusPageCsp.
TEST(StatusPage, HasNothingInlineOrForeign) {
  const std::string html = Render(Example());
  for (const char* trace : {"<style", " style=", " onclick", "url(", "@import", "javascript:"}) {
    EXPECT_THAT(html, Not(HasSubstr(trace)));
  }
  EXPECT_THAT(html, HasSubstr("<script src=\"/status.js\" defer=\"\"></script>"));
  EXPECT_THAT(html, HasSubstr("<link rel=\"stylesheet\" href=\"/status.css\">"));
  for (const std::string_view asset : {kStatusCss, kStatusJs}) {
    EXPECT_THAT(std::string(asset), Not(HasSubstr("://")));
    EXPECT_THAT(std::string(asset), Not(HasSubstr("innerHTML")));
  }
}

}  // namespace
}  // namespace xplenty
