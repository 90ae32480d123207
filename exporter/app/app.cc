#include "app/app.h"

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include <prometheus/registry.h>

#include "api/http_page_source.h"
#include "app/account.h"
#include "app/instruments.h"
#include "app/metrics_page.h"
#include "app/routes.h"
#include "app/service_manager.h"
#include "app/signals.h"
#include "app/stderr_logger.h"
#include "app/version.h"
#include "app/web_settings.h"
#include "base/clock.h"
#include "config/flags.h"
#include "web/http_server.h"

namespace xplenty {
namespace {

constexpr int kFailed = 1;
constexpr int kWrongConfig = 2;

// What the program consists of, made in this order and taken down in the reverse one.
class App {
 public:
  // `web`: null without a web config.
  App(const Config& config, WebSettings* web, Logger& logger)
      : config_(config),
        web_(web),
        logger_(logger),
        process_(registry_, clock_),
        instruments_(registry_, config.account.id, clock_),
        page_(registry_, {.created_timestamps = config.metrics.created_timestamps}) {}

  int Once();
  int Serve();

 private:
  bool StartAccount();
  Result<ServerOptions> OptionsOfServer();
  bool Reload();

  const Config& config_;
  WebSettings* const web_;
  const ServiceManager service_manager_;
  Logger& logger_;
  CurlGlobal curl_;
  SystemClock clock_;
  prometheus::Registry registry_;
  ProcessInstruments process_;
  AccountInstruments instruments_;
  MetricsPage page_;
  std::unique_ptr<Account> account_;
};

bool App::StartAccount() {
  auto account = Account::Start(config_, clock_, logger_, instruments_, page_);
  if (!account) {
    logger_.Error("Cannot start", {{"err", account.error().message}});
    return false;
  }
  account_ = std::move(*account);
  return true;
}

int App::Once() {
  if (!StartAccount()) return kFailed;
  account_->refresher().AwaitFresh(SteadyTime::max());
  const auto exposition =
      page_.Render(Format::kText, MetricsPage::Coding::kIdentity, /*with_process=*/false);
  const bool written = std::fwrite(exposition.body->data(), 1, exposition.body->size(), stdout) ==
                           exposition.body->size() &&
                       std::fflush(stdout) == 0;
  if (!written) logger_.Error("Cannot write to standard output");
  return written && instruments_.health().up ? 0 : kFailed;
}

Result<ServerOptions> App::OptionsOfServer() {
  ServerOptions options{.max_connections = config_.web.max_connections};
  if (config_.web.systemd_socket) {
    for (int i = 0; i < service_manager_.sockets(); ++i) {
      options.listen_descriptors.push_back(ServiceManager::kFirstSocket + i);
    }
    if (options.listen_descriptors.empty()) {
      return Error{ErrorCode::kInvalidArgument,
                   "--web.systemd-socket: no socket activation file descriptors found"};
    }
  } else {
    options.listen_addresses = config_.web.listen_addresses;
  }
  if (web_ != nullptr) options.policy = [this] { return web_->Current(); };
  if (const auto interval = service_manager_.ping_interval()) {
    options.heartbeat = {.interval = *interval,
                         .beat = [this] { service_manager_.Tell("WATCHDOG=1"); }};
  }
  return options;
}

bool App::Reload() {
  Status done = web_ == nullptr ? Done{} : web_->Reload();
  if (done) done = account_->Reload();
  process_.ConfigLoaded(done.has_value());
  if (!done) {
    logger_.Error("Reload failed, everything stays as it was", {{"err", done.error().message}});
    return false;
  }
  logger_.Info("Reloaded");
  return true;
}

int App::Serve() {
  if (!StartAccount()) return kFailed;
  auto options = OptionsOfServer();
  if (!options) {
    logger_.Error("Cannot serve", {{"err", options.error().message}});
    return kFailed;
  }
  const bool tls = web_ != nullptr && web_->Current()->tls != nullptr;
  auto server = HttpServer::Start(std::move(*options),
                                  MakeRoutes({.config = config_,
                                              .clock = clock_,
                                              .refresher = account_->refresher(),
                                              .instruments = instruments_,
                                              .page = page_,
                                              .reload = [this] { return Reload(); }}),
                                  logger_);
  if (!server) {
    logger_.Error("Cannot serve", {{"err", server.error().message}});
    return kFailed;
  }
  for (const std::string& address : (*server)->addresses()) {
    logger_.Info("Listening on", {{"address", address}});
    logger_.Info(tls ? "TLS is enabled." : "TLS is disabled.",
                 {{"http2", "false"}, {"address", address}});
  }
  service_manager_.Tell("READY=1");
  while (WaitForSignal() == Signal::kReload) {
    service_manager_.TellReloading();
    Reload();
    service_manager_.Tell("READY=1");
  }
  service_manager_.Tell("STOPPING=1");
  logger_.Info("Stopping");
  account_->refresher().RequestStop();  // lets handlers that wait for it return
  (*server)->Stop();
  return 0;
}

}  // namespace

int Run(int argc, const char* const* argv) {
  const CommandLine line = ParseCommandLine(argc, argv, VersionText());
  if (line.exit) {
    std::fputs(line.exit->text.c_str(), line.exit->code == 0 ? stdout : stderr);
    return line.exit->code;
  }
  StderrLogger logger(line.config.log.level, line.config.log.format);
  std::unique_ptr<WebSettings> web;
  if (!line.config.web.config_file.empty()) {
    auto loaded = WebSettings::Load(line.config.web.config_file, logger);
    if (!loaded) {
      std::fprintf(stderr, "xplenty_exporter: %s\n", loaded.error().message.c_str());
      return kWrongConfig;
    }
    web = std::move(*loaded);
  }
  if (line.config.check) {
    std::puts("The config is right.");
    return 0;
  }
  // --once ends by the signals' own default: a commit is whole or not there.
  if (!line.config.once) BlockSignals();
  logger.Info(
      "Starting xplenty_exporter",
      {{"version", Version()}, {"revision", Revision()}, {"account", line.config.account.id}});
  App app(line.config, web.get(), logger);
  return line.config.once ? app.Once() : app.Serve();
}

}  // namespace xplenty
