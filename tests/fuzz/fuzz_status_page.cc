// The input is the texts that the status page shows, and its query, one on each line.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "status_page/status_page.h"
#include "status_page/status_query.h"

namespace xplenty {
namespace {

struct Texts {
  std::string filter, package, cluster, version, error, link;
};

StatusPage PageOf(const Texts& texts) {
  auto view = std::make_shared<AccountView>();
  view->state_current = true;
  UnfinishedJob job{.id = 1,
                    .package = texts.package,
                    .cluster = texts.cluster,
                    .status = JobStatus::kRunning,
                    .link = texts.link};
  std::vector<UnfinishedJob> unfinished = {job, job};
  unfinished.back().status = JobStatus::kQueued;
  view->unfinished = std::make_shared<std::vector<UnfinishedJob>>(unfinished);
  view->failures =
      std::make_shared<std::vector<FailedJob>>(std::vector{FailedJob{.package = texts.package,
                                                                     .cluster = texts.cluster,
                                                                     .error = texts.error,
                                                                     .link = texts.link}});
  PackageView package;
  package.package = texts.package;
  view->packages = {package};
  StatusPage page{.version = texts.version, .revision = texts.error, .telemetry_path = texts.link};
  page.accounts.push_back(
      {.name = texts.package, .health = {.last_error = texts.error}, .view = std::move(view)});
  return page;
}

// The markup of the page without its texts.
std::string SkeletonOf(const StatusPage& page, const StatusQuery& query) {
  std::string html = RenderStatusPage(page, query, WallTime());
  std::erase_if(html, [](char c) { return c != '<' && c != '>' && c != '"' && c != '\''; });
  return html;
}

bool IsOfTheWeb(std::string_view link) {
  std::string lower(link);
  std::ranges::transform(lower, lower.begin(), LowerAscii);
  return lower.starts_with("http://") || lower.starts_with("https://");
}

Texts HarmlessLike(const Texts& texts) {
  const auto like = [](const std::string& text) { return std::string(text.empty() ? "" : "x"); };
  return {.filter = like(texts.filter),
          .package = like(texts.package),
          .cluster = like(texts.cluster),
          .version = like(texts.version),
          .error = like(texts.error),
          .link = IsOfTheWeb(texts.link) ? "http://x" : like(texts.link)};
}

void CheckQuery(const HttpRequest& request) {
  const auto query = ParseStatusQuery(request);
  if (!query) {
    Require(IsCleanText(query.error().message), "an error is one line of clean text");
    return;
  }
  Require(IsCleanText(query->filter), "a filter is clean text");
  for (const char c : query->Link()) {
    Require(c > ' ' && c < 0x7F && c != '"' && c != '<', "a link has plain characters only");
  }
}

void Check(std::string_view rest) {
  const auto text = [&] { return CleanText(TakeLine(rest), 1000); };
  CheckQuery({.params = {{"filter", std::string(TakeLine(rest))},
                         {"sort", std::string(TakeLine(rest))},
                         {"running", std::string(TakeLine(rest))}}});
  CheckQuery({.params = {{"filter", std::string(rest)}}});
  const Texts texts{.filter = text(),
                    .package = text(),
                    .cluster = text(),
                    .version = text(),
                    .error = text(),
                    .link = text()};
  const Texts harmless = HarmlessLike(texts);
  Require(SkeletonOf(PageOf(texts), {}) == SkeletonOf(PageOf(harmless), {}),
          "no text becomes markup");
  Require(SkeletonOf({}, {.filter = texts.filter}) == SkeletonOf({}, {.filter = harmless.filter}),
          "no filter becomes markup");
}

}  // namespace
}  // namespace xplenty

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  xplenty::Check(xplenty::AsText(data, size));
  return 0;
}
