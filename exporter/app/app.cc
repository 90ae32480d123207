#include "app/app.h"

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include <prometheus/registry.h>
#include <sys/resource.h>

#include "api/curl_library.h"
#include "api/http_page_source.h"
#include "app/accounts.h"
#include "app/capacity.h"
#include "app/exporter_metrics.h"
#include "app/exposition_cache.h"
#include "app/routes.h"
#include "app/service_manager.h"
#include "app/signals.h"
#include "app/stderr_logger.h"
#include "app/version.h"
#include "app/web_settings.h"
#include "base/clock.h"
#include "config/config_source.h"
#include "config/flags.h"
#include "http/http_server.h"

namespace xplenty {
namespace {

constexpr int kFailed = 1;

// The usual limit of 1024 open files is for programs that use select(2).
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// What the program consists of, made in this order and taken down in the reverse one.
class App {
 public:
  // `web`: null without a web config.
  App(const ConfigSource& source, const Config& config, WebSettings* web, Logger& logger)
      : source_(source),
        config_(config),
        web_(web),
        logger_(logger),
        process_(registry_, clock_),
        exposition_(registry_, {.created_timestamps = config.metrics.created_timestamps,
                                .registry_changes = [this] { return process_.changes(); }}),
        accounts_({.clock = clock_,
                   .logger = logger,
                   .storage_path = config.storage.path,
                   .once = config.once,
                   .created = exposition_.created()}) {}

  int Once();
  int Serve();

 private:
  bool StartAccounts();
  Result<ServerOptions> OptionsOfServer();
  Status ReloadConfig();
  bool Reload();

  const ConfigSource& source_;
  const Config& config_;
  WebSettings* const web_;
  const ServiceManager service_manager_;
  Logger& logger_;
  SystemClock clock_;
  prometheus::Registry registry_;
  ProcessMetrics process_;
  ExpositionCache exposition_;
  Accounts accounts_;
};

bool App::StartAccounts() {
  if (const Status status = accounts_.Apply(config_); !status) {
    logger_.Error("Cannot start", {{"err", status.error().message}});
    return false;
  }
  if (accounts_.list()->empty()) logger_.Warn("No account of the config belongs to this shard");
  return true;
}

int App::Once() {
  if (!StartAccounts()) return kFailed;
  const auto accounts = accounts_.list();
  for (const auto& account : *accounts) account->refresher().RequestRefresh();
  bool up = true;
  ExpositionCache::Sources families;
  for (const auto& account : *accounts) {
    account->refresher().WaitForRefresh(SteadyTime::max());
    up = up && account->health().up;
    families.push_back(account->exposition().Latest());
  }
  const std::string text = exposition_
                               .Render(families, Format::kText, Coding::kIdentity,
                                       ExpositionCache::Program::kWithoutProcess)
                               .ToString();
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written) logger_.Error("Cannot write to standard output");
  return written && up ? 0 : kFailed;
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
                         .beat = [this] { service_manager_.Notify("WATCHDOG=1"); }};
  }
  return options;
}

Status App::ReloadConfig() {
  if (web_ != nullptr) {
    RETURN_IF_ERROR(web_->Reload());
  }
  const auto config = source_.Load();
  if (!config) return config.error();
  return accounts_.Apply(*config);
}

bool App::Reload() {
  const Status status = ReloadConfig();
  process_.ConfigLoaded(status.has_value());
  if (!status) {
    logger_.Error("Reload failed, everything stays as it was", {{"err", status.error().message}});
    return false;
  }
  logger_.Info("Reloaded", {{"accounts", std::to_string(accounts_.list()->size())}});
  return true;
}

int App::Serve() {
  RaiseDescriptorLimit();  // an account takes some: its connection and its ledger
  if (!StartAccounts()) return kFailed;
  auto options = OptionsOfServer();
  if (!options) {
    logger_.Error("Cannot serve", {{"err", options.error().message}});
    return kFailed;
  }
  const bool tls = web_ != nullptr && web_->Current()->tls != nullptr;
  auto server = HttpServer::Start(std::move(*options),
                                  MakeRoutes({.config = config_,
                                              .clock = clock_,
                                              .accounts = accounts_,
                                              .exposition = exposition_,
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
  service_manager_.Notify("READY=1");
  while (WaitForSignal() == Signal::kReload) {
    service_manager_.NotifyReloading();
    Reload();
    service_manager_.Notify("READY=1");
  }
  service_manager_.Notify("STOPPING=1");
  logger_.Info("Stopping");
  accounts_.RequestStop();  // lets handlers that wait for them return
  (*server)->Stop();
  return 0;
}

int Print(const CommandLine::Exit& exit) {
  std::fputs(exit.text.c_str(), exit.code == 0 ? stdout : stderr);
  return exit.code;
}

int Check(const Config& config, Logger& logger) {
  SystemClock clock;
  const Status status = Accounts::Check(config, {.clock = clock, .logger = logger});
  if (!status) return Print(UsageError(status.error().message));
  std::puts("The config is right.");
  std::fputs(CapacityText(config).c_str(), stdout);
  return 0;
}

}  // namespace

int Run(int argc, const char* const* argv) {
  const CommandLine line = ParseCommandLine(argc, argv, VersionText());
  if (line.exit) return Print(*line.exit);
  const ConfigSource source(line.flags);
  const auto config = source.Load();
  if (!config) return Print(UsageError(config.error().message));
  StderrLogger logger(config->log.level, config->log.format);
  std::unique_ptr<WebSettings> web;
  if (!config->web.config_file.empty()) {
    auto loaded = WebSettings::Load(config->web.config_file, logger);
    if (!loaded) return Print(UsageError(loaded.error().message));
    web = std::move(*loaded);
  }
  const CurlGlobal curl;
  if (config->check) return Check(*config, logger);
  // --once ends by the signals' own default: a commit is whole or not there.
  if (!config->once) BlockSignals();
  logger.Info("Starting xplenty_exporter", {{"version", Version()}, {"revision", Revision()}});
  App app(source, *config, web.get(), logger);
  return config->once ? app.Once() : app.Serve();
}

}  // namespace xplenty
