#include "status_page/status_page.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "status_page/status_assets.h"

namespace xplenty::status_page_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const Timestamp kThen = *ParseIso8601("2026-03-01T09:30:00Z");
const WallTime kNow = kThen;

UnfinishedJob AJob(int64_t id, const char* package = "p") {
  return {.id = id, .package = package, .status = JobStatus::kRunning};
}

FinishedRun ARun(JobStatus status, std::optional<int64_t> runtime = {}) {
  return {.finished_at = kThen, .id = 1, .status = status, .runtime_seconds = runtime};
}

PackageView APackage(const std::string& name, std::vector<FinishedRun> runs) {
  PackageView package;
  package.package = name;
  package.last_status = JobStatus::kFailed;
  package.recent = std::make_shared<std::vector<FinishedRun>>(std::move(runs));
  return package;
}

// The content of an account on the page; tests change parts of it.
struct Content {
  std::vector<UnfinishedJob> unfinished;
  std::vector<FailedJob> failures;
  std::vector<PackageView> packages;
  SeriesList series;
  bool state_current = true;
  uint64_t daily_new_series = 0;

  std::shared_ptr<const AccountView> View() const {
    auto view = std::make_shared<AccountView>();
    view->unfinished = std::make_shared<std::vector<UnfinishedJob>>(unfinished);
    view->failures = std::make_shared<std::vector<FailedJob>>(failures);
    view->packages = PackageList(packages);
    view->series = series;
    view->state_current = state_current;
    view->daily_new_series = daily_new_series;
    return view;
  }
};

Content ExampleContent() {
  Content content;
  UnfinishedJob running = AJob(7, "sales");
  running.cluster = "blue";
  running.status = JobStatus::kStopping;
  running.progress = 0.256;
  running.started_at = kThen - minutes(5);
  running.records = 12345;
  running.link = "https://x/7";
  UnfinishedJob waiting = AJob(8, "orders");
  waiting.cluster = "red";
  waiting.status = JobStatus::kQueued;
  waiting.created_at = kThen - hours(1);
  content.unfinished = {running, waiting};
  content.failures = {{.id = 9,
                       .package = "crm",
                       .cluster = "blue",
                       .finished_at = kThen - minutes(2),
                       .runtime_seconds = 30,
                       .error = "no such table",
                       .link = "https://x/9"}};
  PackageView package =
      APackage("sales", {ARun(JobStatus::kCompleted, 360), ARun(JobStatus::kFailed, 5)});
  package.last_finish = kThen - minutes(2);
  package.last_success = FinishedRun{.finished_at = kThen - hours(3), .records = 777};
  package.consecutive_failures = 4;
  content.packages = {package};
  const auto bounds = std::make_shared<const BucketBounds>();
  SeriesView series{.package = "sales", .cluster = "blue", .counters = JobCounters(bounds, bounds)};
  series.jobs[static_cast<size_t>(JobStatus::kRunning)] = 3;
  content.series = {std::make_shared<const SeriesView>(series)};
  return content;
}

StatusPage PageOf(const Content& content) {
  StatusPage page{.version = "1.2.3", .revision = "abc123", .telemetry_path = "/metrics"};
  page.accounts.push_back({.name = "Acme",
                           .lookback = hours(24),
                           .health = {.up = true,
                                      .last_refresh = kNow - seconds(3),
                                      .last_success = kNow - hours(2),
                                      .rate_limit = {.limit = 5000, .remaining = 4321}},
                           .view = content.View()});
  return page;
}

StatusPage Example() {
  return PageOf(ExampleContent());
}

std::string Render(const StatusPage& page, const StatusQuery& query = {}) {
  return RenderStatusPage(page, query, kNow);
}

std::string Render(const Content& content, const StatusQuery& query = {}) {
  return Render(PageOf(content), query);
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
  EXPECT_THAT(acme, HasSubstr("<meter min=\"0\" max=\"5000\" low=\"500\" high=\"2500\" "
                              "optimum=\"5000\" value=\"4321\""));
  EXPECT_THAT(acme, HasSubstr("4,321 of 5,000 left"));
  EXPECT_THAT(acme, HasSubstr("<strong>3</strong> running"));
}

TEST(StatusPage, SaysHowManySeriesAreNew) {
  Content content = ExampleContent();
  EXPECT_THAT(Render(content), Not(HasSubstr("New series")));
  content.daily_new_series = 6930;
  EXPECT_THAT(
      Render(content),
      HasSubstr("<dt>New series</dt><dd>6,930 in the last 24 h, as most runs made new ones. "
                "Fewer with: metrics.labels.cluster.replace"));
}

TEST(StatusPage, ShowsTheAccountsError) {
  StatusPage page = Example();
  page.accounts = {{.name = "Other", .health = {.up = false, .last_error = "refused"}}};
  const std::string other = Between(Render(page), "<h2>Other</h2>", "</section>");
  EXPECT_THAT(other, HasSubstr(">not reachable<"));
  EXPECT_THAT(other, HasSubstr("<dd>refused</dd>"));
  EXPECT_THAT(other, HasSubstr("<dd>none yet</dd>"));
  EXPECT_THAT(other, HasSubstr("not reported by the API"));
  EXPECT_THAT(other, HasSubstr("unknown, because no refresh has completed recently"));
}

TEST(StatusPage, ListsFailingAccountsFirst) {
  StatusPage page = Example();
  page.accounts.push_back({.name = "B & co", .health = {.up = false, .last_error = "refused"}});
  page.accounts.push_back({.name = "Aaa", .health = {.up = true}});
  const std::string accounts = SectionOf(Render(page), "accounts");
  const auto at = [&](const std::string& text) { return accounts.find(">" + text + "<"); };
  EXPECT_LT(at("B &amp; co"), at("Aaa"));
  EXPECT_LT(at("Aaa"), at("Acme"));
  EXPECT_NE(at("Acme"), std::string::npos);
  EXPECT_THAT(accounts, HasSubstr(">not reachable<"));
  EXPECT_THAT(accounts, HasSubstr(">refused<"));
  EXPECT_THAT(accounts, HasSubstr(">unknown<")) << "what runs there";
  EXPECT_THAT(accounts, HasSubstr("<a href=\"/?filter=B%20%26%20co\">"));
}

TEST(StatusPage, RowsNameTheirAccount) {
  StatusPage page = Example();
  for (const char* list : {"running", "waiting", "failures", "packages"}) {
    EXPECT_THAT(SectionOf(Render(page), list), Not(HasSubstr(">Account</th>"))) << list;
  }
  Content same_package;
  same_package.packages = {APackage("sales", {})};
  page.accounts.push_back({.name = "Other", .view = same_package.View()});
  const std::string html = Render(page);
  for (const char* list : {"running", "waiting", "failures", "packages"}) {
    EXPECT_THAT(SectionOf(html, list), HasSubstr(">Account</th>")) << list;
  }
  EXPECT_THAT(html, HasSubstr("id=\"package-Acme-sales\""));
  EXPECT_THAT(html, HasSubstr("id=\"package-Other-sales\""));
}

TEST(StatusPage, HidesJobsWhileStateIsUnknown) {
  Content content = ExampleContent();
  content.state_current = false;
  const std::string html = Render(content);
  EXPECT_EQ(SectionOf(html, "running") + SectionOf(html, "waiting"), "");
  EXPECT_NE(SectionOf(html, "packages"), "");
}

TEST(StatusPage, SaysWhenThereIsNothing) {
  EXPECT_THAT(Render(StatusPage()), HasSubstr("This exporter serves no account."));
  const Content empty;
  const std::string html = Render(empty);
  for (const char* text : {"No job is running.", "No job is waiting.", "No job has failed.",
                           "No job has finished yet."}) {
    EXPECT_THAT(html, HasSubstr(text));
  }
  EXPECT_THAT(Render(empty, {.filter = "x"}), HasSubstr("No name matches the filter."));
}

TEST(StatusPage, ShowsRunningJobsAndExpectedEnd) {
  Content content = ExampleContent();
  const auto section = [&] { return SectionOf(Render(content), "running"); };
  const std::string running = section();
  for (const char* text :
       {"<th scope=\"row\">sales</th>", ">blue<", "<a href=\"https://x/7\"", ">stopping<",
        "value=\"0.256000\"", " 25 %", ">5m<", ">in 1m<", ">12,345<"}) {
    EXPECT_THAT(running, HasSubstr(text));
  }
  for (const auto& [progress, percent] :
       {std::pair(0.29, ">29 %<"), std::pair(0.999, ">99 %<"), std::pair(1.0, ">100 %<")}) {
    content.unfinished[0].progress = progress;
    EXPECT_THAT(section(), HasSubstr(percent));
  }
  content.unfinished[0].started_at = kThen - minutes(9);
  EXPECT_THAT(section(), HasSubstr("late by 3m"));
  content.unfinished = {AJob(7, "sales")};
  const std::string unknown = section();
  EXPECT_THAT(unknown, HasSubstr("no completed run yet"));
  EXPECT_THAT(unknown, HasSubstr("not reported"));
  EXPECT_THAT(unknown, HasSubstr("unknown"));
}

TEST(StatusPage, ExpectsNoEndWithoutAnEarlierRun) {
  Content content = ExampleContent();
  content.unfinished[0].package = "never seen";
  EXPECT_THAT(SectionOf(Render(content), "running"), HasSubstr("no completed run yet"));
  content.unfinished[0].package = "sales";
  content.packages = {APackage("sales", {ARun(JobStatus::kFailed, 360)})};
  EXPECT_THAT(SectionOf(Render(content), "running"), HasSubstr("no completed run yet"));
}

TEST(StatusPage, JobAgesUseTheServersClock) {
  StatusPage page = Example();
  page.accounts[0].health.server_ahead = minutes(10);
  const std::string html = Render(page);
  EXPECT_THAT(SectionOf(html, "running"), HasSubstr(">15m<"));
  EXPECT_THAT(SectionOf(html, "running"), HasSubstr(">late by 9m<"));
  EXPECT_THAT(SectionOf(html, "failures"), HasSubstr(">12m ago<"));
  EXPECT_THAT(html, HasSubstr(">3s ago<"));  // the refresh: by this machine's
}

TEST(StatusPage, ShowsWhyJobsFailed) {
  Content content = ExampleContent();
  content.failures.push_back({.id = 10, .package = "x", .cluster = "y", .finished_at = kThen});
  const std::string failures = SectionOf(Render(content), "failures");
  EXPECT_EQ(RowIds(failures), (std::vector<std::string>{"failure-10", "failure-9"}));
  EXPECT_THAT(failures, HasSubstr(">no such table<"));
  EXPECT_THAT(failures, HasSubstr("<a href=\"https://x/9\""));
  EXPECT_THAT(failures, HasSubstr(">2m ago<"));
  EXPECT_THAT(failures, HasSubstr("The API gave no reason."));
  EXPECT_THAT(failures, HasSubstr("never started"));
}

TEST(StatusPage, ShowsPackages) {
  const std::string packages = SectionOf(Render(Example()), "packages");
  for (const char* text : {"50 % (1 of 2)", ">3h ago<", ">777<", ">4<", "<svg", ">6m<",
                           "<span class=\"badge failed\">failed</span>"}) {
    EXPECT_THAT(packages, HasSubstr(text));
  }
}

TEST(StatusPage, SortsPackagesByEachColumn) {
  Content page;
  const auto add = [&](const char* name, int64_t rank, double success) {
    std::vector<FinishedRun> runs;
    for (int i = 0; i < 10; ++i) {
      const bool completed = i < 10 * success;
      runs.push_back(ARun(completed ? JobStatus::kCompleted : JobStatus::kFailed, rank));
    }
    PackageView package = APackage(name, runs);
    package.last_finish = kThen + seconds(rank);
    package.last_success = FinishedRun{.finished_at = kThen, .records = rank};
    package.consecutive_failures = static_cast<uint64_t>(rank);
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
  const StatusPage page = Example();
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
  Content page = ExampleContent();
  for (int64_t id = 100; id < 160; ++id) {
    page.unfinished.push_back(AJob(id));
    page.unfinished.back().started_at = kThen - hours(24) + seconds(id);
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
  Content page = ExampleContent();
  for (int64_t id = 1000; id < 11'000; ++id) {
    page.unfinished.push_back(AJob(id));
    page.unfinished.push_back(AJob(id + 20'000));
    page.unfinished.back().status = JobStatus::kQueued;
  }
  for (int i = 0; i < 500; ++i) {
    page.packages.push_back(APackage(
        std::to_string(i), std::vector<FinishedRun>(kMaxRecentRuns, ARun(JobStatus::kStopped))));
  }
  EXPECT_LT(Render(page).size(), 250'000U);
}

TEST(StatusPage, EscapesEveryText) {
  constexpr char kHostile[] = "</td><script>alert('1')</script>\"&";
  Content content = ExampleContent();
  for (UnfinishedJob& job : content.unfinished) job.package = job.cluster = job.link = kHostile;
  content.failures[0].package = content.failures[0].cluster = kHostile;
  content.failures[0].error = content.failures[0].link = kHostile;
  content.packages[0].package = kHostile;
  StatusPage page = PageOf(content);
  page.version = page.revision = page.telemetry_path = kHostile;
  page.accounts[0].name = page.accounts[0].health.last_error = kHostile;
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
}  // namespace xplenty::status_page_test
