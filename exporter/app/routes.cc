#include "app/routes.h"

#include <array>
#include <string>
#include <utility>

#include "app/version.h"
#include "jobs/job_status.h"
#include "web/negotiate.h"
#include "web/scrape_deadline.h"
#include "web/status_page.h"

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

StatusPage::Account AccountStatus(const RouteContext& context) {
  const ApiHealth health = context.instruments.health();
  StatusPage::Account account{.name = context.config.account.id,
                              .up = health.up,
                              .last_error = health.last_error,
                              .last_refresh = health.last_refresh,
                              .last_success = health.last_success,
                              .rate_limit = health.rate_limit.limit,
                              .rate_remaining = health.rate_limit.remaining};
  const auto view = context.page.view();
  if (!view || !view->state_current) return account;
  std::array<uint64_t, kJobStatusCount> jobs{};
  for (const auto& series : view->series) {
    for (size_t status = 0; status < jobs.size(); ++status) jobs[status] += series->jobs[status];
  }
  for (const JobStatus status : kAllStatuses) {
    account.jobs_by_status.emplace_back(ToString(status), jobs[static_cast<size_t>(status)]);
  }
  account.packages = view->packages.size();
  return account;
}

HttpResponse Overview(const RouteContext& context) {
  const StatusPage page{.version = Version(),
                        .revision = Revision(),
                        .telemetry_path = context.config.web.telemetry_path,
                        .accounts = {AccountStatus(context)}};
  HttpResponse response{
      .content_type = kHtmlContentType,
      .body = std::make_shared<const std::string>(RenderStatusPage(page, context.clock.Wall()))};
  response.headers.emplace_back("Content-Security-Policy", StatusPageCsp());
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

HttpResponse Ready(const RouteContext& context) {
  if (context.instruments.health().attempted) return HttpResponse::Text(200, "Ready");
  return HttpResponse::Text(503, "Not ready: the API has not been asked yet");
}

}  // namespace

Routes MakeRoutes(const RouteContext& context) {
  Routes routes;
  routes["/"] = {.handler = [context](const HttpRequest&) { return Overview(context); }};
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
