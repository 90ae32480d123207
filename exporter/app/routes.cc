#include "app/routes.h"

#include <memory>
#include <string>
#include <utility>

#include "app/status.h"
#include "web/negotiate.h"
#include "web/scrape_deadline.h"
#include "web/status_assets.h"
#include "web/status_page.h"
#include "web/status_query.h"

namespace xplenty {
namespace {

HttpResponse Metrics(const RouteContext& context, const HttpRequest& request) {
  const auto timeout = ScrapeTimeout(request.Header("X-Prometheus-Scrape-Timeout-Seconds"),
                                     context.config.web.timeout_offset);
  context.refresher.AwaitFresh(context.clock.Steady() + timeout);
  const bool gzip = AcceptsGzip(request.JoinedHeader("Accept-Encoding"));
  NegotiatedFormat format =
      ChooseFormat(request.JoinedHeader("Accept"), context.config.metrics.native_histograms);
  auto exposition = context.page.Render(
      format.format, gzip ? MetricsPage::Coding::kGzip : MetricsPage::Coding::kIdentity,
      /*with_process=*/true);
  if (exposition.view) context.refresher.NoteScraped(*exposition.view);
  HttpResponse response{.content_type = std::move(format.content_type),
                        .body = std::move(exposition.body)};
  response.headers.emplace_back("Vary", "Accept, Accept-Encoding");
  if (gzip) response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

HttpResponse Overview(const RouteContext& context, const HttpRequest& request) {
  const auto query = ParseStatusQuery(request);
  if (!query) return HttpResponse::Text(400, query.error().message);
  // Where nothing scrapes yet, the page is what asks the API. It does not wait: it comes again.
  context.refresher.RequestFresh();
  const StatusPage page =
      MakeStatusPage(context.config, context.instruments.health(), context.page.view());
  HttpResponse response{.content_type = kHtmlContentType,
                        .body = std::make_shared<const std::string>(
                            RenderStatusPage(page, *query, context.clock.Wall()))};
  response.headers.emplace_back("Content-Security-Policy", kStatusPageCsp);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Route Asset(const char* content_type, std::string_view content) {
  const auto body = std::make_shared<const std::string>(content);
  return {.handler = [content_type, body](const HttpRequest&) {
    HttpResponse response{.content_type = content_type, .body = body};
    // It must fit the page, which changes with the exporter.
    response.headers.emplace_back("Cache-Control", "no-cache");
    return response;
  }};
}

HttpResponse Ready(const RouteContext& context) {
  if (context.instruments.health().attempted) return HttpResponse::Text(200, "Ready");
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
