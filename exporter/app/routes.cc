#include "app/routes.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/version.h"
#include "base/utf8.h"
#include "http/negotiate.h"
#include "http/scrape_deadline.h"
#include "status_page/status_assets.h"
#include "status_page/status_page.h"
#include "status_page/status_query.h"

namespace xplenty {
namespace {

constexpr size_t kMaxShownBytes = 128;

// What Prometheus asks for, of these accounts.
HttpResponse Exposition(const RouteContext& context, const HttpRequest& request,
                        const Accounts::List& accounts, ExpositionCache::Program program) {
  const auto timeout =
      ScrapeTimeout(request.Header("X-Prometheus-Scrape-Timeout-Seconds"),
                    context.config.web.timeout_offset, context.config.web.default_timeout);
  const SteadyTime now = context.clock.Steady();
  WaitForRefresh(accounts, now, now + timeout);
  const bool gzip = AcceptsGzip(request.JoinedHeader("Accept-Encoding"));
  NegotiatedFormat format =
      ChooseFormat(request.JoinedHeader("Accept"), context.config.metrics.native_histograms);
  ExpositionCache::Sources families;
  for (const auto& account : accounts) families.push_back(account->exposition().Latest());
  HttpResponse response{
      .content_type = std::move(format.content_type),
      .body = context.exposition.Render(families, format.format,
                                        gzip ? Coding::kGzip : Coding::kIdentity, program)};
  for (size_t i = 0; i < accounts.size(); ++i) {
    accounts[i]->refresher().RecordScraped(*families[i]->view);
  }
  response.headers.emplace_back("Vary", "Accept, Accept-Encoding");
  if (gzip) response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

HttpResponse Metrics(const RouteContext& context, const HttpRequest& request) {
  const auto accounts = context.accounts.list();
  return Exposition(context, request, context.config.web.probe_only ? Accounts::List() : *accounts,
                    ExpositionCache::Program::kAll);
}

// The multi-target pattern: one account's series alone.
HttpResponse Probe(const RouteContext& context, const HttpRequest& request) {
  const auto is_target = [](const auto& param) { return param.first == "target"; };
  const auto targets = std::ranges::count_if(request.params, is_target);
  const std::string target(request.Param("target").value_or(""));
  if (targets != 1 || target.empty()) {
    return HttpResponse::Text(
        400, "One target is expected: /probe?target=ACCOUNT, with the id of an account");
  }
  if (const auto account = context.accounts.Find(target)) {
    return Exposition(context, request, {account}, ExpositionCache::Program::kNone);
  }
  const std::string name = "The target \"" + CleanText(target, kMaxShownBytes) + "\" ";
  if (const auto shard = context.accounts.ShardOfOther(target)) {
    return HttpResponse::Text(
        400, name + "is an account of another shard: " + std::to_string(shard->index) + "/" +
                 std::to_string(shard->count));
  }
  return HttpResponse::Text(400, name + "is not the id of an account of this exporter");
}

HttpResponse Overview(const RouteContext& context, const HttpRequest& request) {
  const auto query = ParseStatusQuery(request);
  if (!query) return HttpResponse::Text(400, query.error().message);
  const auto accounts = context.accounts.list();
  StatusPage page{.version = Version(),
                  .revision = Revision(),
                  .telemetry_path = context.config.web.telemetry_path};
  for (const auto& account : *accounts) {
    // Where nothing scrapes yet, the page is what asks the API. It does not wait: it comes again.
    account->refresher().RequestRefresh();
    page.accounts.push_back({.name = account->settings().account.name,
                             .lookback = account->settings().refresh.lookback,
                             .health = account->health(),
                             .view = account->exposition().Latest()->view});
  }
  HttpResponse response{.content_type = kHtmlContentType,
                        .body = ResponseBody(RenderStatusPage(page, *query, context.clock.Wall()))};
  response.headers.emplace_back("Content-Security-Policy", kStatusPageCsp);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Route Asset(const char* content_type, std::string_view content) {
  const ResponseBody body{std::string(content)};
  return {.handler = [content_type, body](const HttpRequest&) {
    HttpResponse response{.content_type = content_type, .body = body};
    // It must fit the page, which changes with the exporter.
    response.headers.emplace_back("Cache-Control", "no-cache");
    return response;
  }};
}

HttpResponse Ready(const RouteContext& context) {
  if (context.accounts.ready()) return HttpResponse::Text(200, "Ready");
  return HttpResponse::Text(503, "Not ready: the API has not been asked yet");
}

}  // namespace

Routes MakeRoutes(const RouteContext& context) {
  Routes routes;
  routes["/"] = {
      .handler = [context](const HttpRequest& request) { return Overview(context, request); }};
  routes["/status.css"] = Asset("text/css; charset=utf-8", kStatusCss);
  routes["/status.js"] = Asset("text/javascript; charset=utf-8", kStatusJs);
  routes[context.config.web.telemetry_path] = {
      .handler = [context](const HttpRequest& request) { return Metrics(context, request); }};
  routes["/probe"] = {
      .handler = [context](const HttpRequest& request) { return Probe(context, request); }};
  routes["/-/healthy"] = {
      .handler = [](const HttpRequest&) { return HttpResponse::Text(200, "Healthy"); },
      .is_open = true};
  routes["/-/ready"] = {.handler = [context](const HttpRequest&) { return Ready(context); },
                        .is_open = true};
  if (context.config.web.enable_lifecycle) {
    routes["/-/reload"] = {.handler =
                               [context](const HttpRequest&) {
                                 if (context.reload()) return HttpResponse::Text(200, "Reloaded");
                                 return HttpResponse::Text(500, "Reload failed: the log says why");
                               },
                           .method = Route::Method::kPost};
  }
  return routes;
}

}  // namespace xplenty
