#include "config/flags.h"

#include <cstdlib>
#include <map>
#include <memory>
#include <type_traits>
#include <utility>

#include <CLI/CLI.hpp>

#include "base/duration.h"
#include "base/utf8.h"

namespace xplenty {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMaxAccountBytes = 128;  // it is a label value, too

constexpr const char* kDescription =
    "Prometheus exporter for Integrate.io ETL (Xplenty) jobs.\n"
    "\n"
    "It reads the account's jobs from the API whenever Prometheus scrapes it, counts every "
    "finished "
    "job\n"
    "exactly once, remembers that in a ledger on disk, and serves the figures at /metrics.\n";

constexpr const char* kFooter =
    "Example:\n"
    "  XPLENTY_ACCOUNT_ID=acme XPLENTY_API_KEY_FILE=/run/secrets/xplenty xplenty_exporter\n"
    "  curl http://localhost:10740/metrics\n"
    "\n"
    "Durations are written as in Prometheus: 500ms, 15s, 5m, 24h, 7d. The API key is given by file "
    "or\n"
    "environment, never by flag. Exit codes: 0 done, 1 failed, 2 wrong usage.";

std::string Environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? std::string() : std::string(value);
}

// Declares the flags and writes what they are given into the config.
class Flags {
 public:
  explicit Flags(Config& config) : config_(config), app_(kDescription, "xplenty_exporter") {
    app_.footer(kFooter);
    app_.set_help_flag("-h,--help", "Show this and exit");
    app_.get_formatter()->column_width(44);
    AddAccount();
    AddRefresh();
    AddMetrics();
    AddWeb();
    AddOthers();
  }

  CLI::App& app() { return app_; }
  bool version() const { return version_; }

 private:
  CLI::Option* Text(const std::string& flag, std::string& value, const std::string& help) {
    return app_.add_option(flag, value, help)->type_name("TEXT")->capture_default_str();
  }

  CLI::Option* Switch(const std::string& flag, bool& value, const std::string& help) {
    return app_.add_flag(flag, value, help);
  }

  template <typename T>
  CLI::Option* Number(const std::string& flag, T& value, std::type_identity_t<T> low,
                      std::type_identity_t<T> high, const std::string& help) {
    const auto read = [&value, low, high, flag](const std::string& text) {
      T number = 0;
      if (!CLI::detail::lexical_cast(text, number) || number < low || number > high) {
        throw CLI::ValidationError(flag, "\"" + text + "\" is not a whole number from " +
                                             std::to_string(low) + " to " + std::to_string(high));
      }
      value = number;
    };
    return app_.add_option_function<std::string>(flag, read, help)
        ->type_name("N")
        ->default_str(std::to_string(value));
  }

  CLI::Option* Duration(const std::string& flag, milliseconds& value, const std::string& help,
                        milliseconds least = milliseconds(0)) {
    const auto read = [&value, least, flag](const std::string& text) {
      const auto duration = ParseDuration(text);
      if (!duration) {
        throw CLI::ValidationError(flag,
                                   "\"" + text + "\" is not a duration such as 500ms, 15s or 24h");
      }
      if (*duration < least) {
        throw CLI::ValidationError(flag, "\"" + text + "\" is too short: at least " +
                                             FormatDuration(least) + " is expected");
      }
      value = *duration;
    };
    return app_.add_option_function<std::string>(flag, read, help)
        ->type_name("DURATION")
        ->default_str(FormatDuration(value));
  }

  template <typename T>
  CLI::Option* Choice(const std::string& flag, T& value, std::map<std::string, T> choices,
                      const std::string& help, const std::string& standard) {
    std::string names;
    for (const auto& [name, choice] : choices) names += (names.empty() ? "" : ", ") + name;
    const auto read = [&value, flag, names, choices = std::move(choices)](const std::string& text) {
      const auto choice = choices.find(text);
      if (choice == choices.end()) {
        throw CLI::ValidationError(flag, "\"" + text + "\" is none of " + names);
      }
      value = choice->second;
    };
    return app_.add_option_function<std::string>(flag, read, help + ": " + names)
        ->type_name("NAME")
        ->default_str(standard);
  }

  void AddAccount() {
    Text("--account.id", config_.account.id, "The account, as in the API's URL")
        ->envname("XPLENTY_ACCOUNT_ID")
        ->group("Account");
    Text("--account.api-key-file", config_.account.api_key_file,
         "File that holds the API key; XPLENTY_API_KEY may hold the key itself")
        ->envname("XPLENTY_API_KEY_FILE")
        ->group("Account");
    Text("--api.url", config_.api.url, "Where the API is")
        ->envname("XPLENTY_API_URL")
        ->group("API");
    Duration("--api.timeout", config_.api.timeout, "Time limit of one request", milliseconds(1))
        ->group("API");
    Number("--api.page-size", config_.api.page_size, 1, 100, "Jobs per request")->group("API");
    Text("--api.ca-file", config_.api.ca_file,
         "Certificate authorities (PEM) to trust instead of the system's")
        ->group("API");
    Text("--api.proxy-url", config_.api.proxy_url,
         "Proxy for the API instead of HTTPS_PROXY; NO_PROXY is honoured")
        ->group("API");
  }

  void AddRefresh() {
    Config::Refresh& refresh = config_.refresh;
    Duration("--refresh.min-interval", refresh.min_interval,
             "A scrape asks the API only if the last answer is older")
        ->group("Refresh");
    Duration("--refresh.overlap", refresh.overlap, "How late a row may become visible in the API")
        ->group("Refresh");
    Duration("--refresh.reconcile-interval", refresh.reconcile_interval,
             "How often the whole lookback is read again", std::chrono::seconds(1))
        ->group("Refresh");
    Duration("--refresh.lookback", refresh.lookback,
             "How far back the first refresh reads, and xplenty_jobs shows finished jobs",
             std::chrono::minutes(1))
        ->group("Refresh");
    Text("--storage.path", config_.storage.path,
         "Folder of the ledger; empty: none, and counters start anew each day (UTC)")
        ->group("Storage");
    Switch("--storage.reset", config_.storage.reset,
           "Move the ledger aside, start a new one and count from now")
        ->group("Storage");
  }

  void AddMetrics() {
    Config::Metrics& metrics = config_.metrics;
    Number("--metrics.max-series", metrics.max_series, 1'000, 100'000'000,
           "Series per account; further jobs count as package=\"other\", cluster=\"other\"")
        ->group("Metrics");
    Duration("--metrics.series-retention", metrics.series_retention,
             "How long series of idle packages and clusters are kept", std::chrono::minutes(1))
        ->group("Metrics");
    Duration("--metrics.zero-hold", metrics.zero_hold,
             "How long a new series is shown as 0 before its first value; 0 turns it off")
        ->group("Metrics");
    Duration("--metrics.stale-after", metrics.stale_after,
             "How long state gauges are kept while the API fails")
        ->group("Metrics");
    Switch("--metrics.created-timestamps", metrics.created_timestamps,
           "Tell in OpenMetrics since when each counter counts (_created)")
        ->group("Metrics");
    Switch("--metrics.native-histograms", metrics.native_histograms,
           "Offer the protobuf format, with native histograms beside the buckets")
        ->group("Metrics");
  }

  void AddWeb() {
    Config::Web& web = config_.web;
    app_.add_option("--web.listen-address", web.listen_addresses,
                    "host:port, [::1]:port or :port; port 0 takes a free one (repeatable)")
        ->type_name("ADDRESS")
        ->capture_default_str()
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->group("Web");
    Switch("--web.systemd-socket", web.systemd_socket,
           "Listen on the sockets that systemd hands over instead of --web.listen-address")
        ->group("Web");
    Text("--web.telemetry-path", web.telemetry_path, "Path of the metrics")->group("Web");
    Duration("--web.timeout-offset", web.timeout_offset,
             "Taken off the scrape's own timeout to answer in time")
        ->group("Web");
    Number("--web.max-connections", web.max_connections, 1, 10'000, "Connections at a time")
        ->group("Web");
    Text("--web.config.file", web.config_file,
         "TLS, basic auth, headers and rate limit: a file as Prometheus' exporter-toolkit reads it")
        ->group("Web");
    Switch("--web.enable-lifecycle", web.enable_lifecycle,
           "Serve POST /-/reload, which does what SIGHUP does")
        ->group("Web");
  }

  void AddOthers() {
    Choice<LogLevel>("--log.level", config_.log.level,
                     {{"debug", LogLevel::kDebug},
                      {"info", LogLevel::kInfo},
                      {"warn", LogLevel::kWarn},
                      {"error", LogLevel::kError}},
                     "Least severity to log", "info")
        ->group("Log");
    Choice<LogFormat>("--log.format", config_.log.format,
                      {{"logfmt", LogFormat::kLogfmt}, {"json", LogFormat::kJson}},
                      "Form of the log on standard error", "logfmt")
        ->group("Log");
    Switch("--once", config_.once,
           "Refresh once, print the metrics (without process_*) and exit; 1 if that fails");
    Switch(
        "--config.check", config_.check,
        "Check the flags and the file of --web.config.file, and exit: 0 if they are right, else 2");
    app_.add_flag("--version", version_, "Show the version and exit");
  }

  Config& config_;
  bool version_ = false;
  CLI::App app_;
};

// CLI11 takes "--flag=" for a flag without a value; here it means an empty one.
std::vector<std::string> Arguments(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  for (int i = argc - 1; i > 0; --i) {  // CLI11 wants them last to first
    std::string argument = argv[i];
    if (argument.size() > 3 && argument.starts_with("--") && argument.ends_with('=')) {
      arguments.emplace_back();
      argument.pop_back();
    }
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

// What the flags alone cannot tell; empty if all is well.
std::string Check(const Config& config) {
  if (config.account.id.empty()) {
    return "no account: --account.id or XPLENTY_ACCOUNT_ID must name it";
  }
  if (CleanText(config.account.id, kMaxAccountBytes) != config.account.id) {
    return "--account.id: not an account's id: at most " + std::to_string(kMaxAccountBytes) +
           " bytes of printable UTF-8 are expected";
  }
  if (config.account.api_key_file.empty() && config.account.api_key.empty()) {
    return "no API key: --account.api-key-file, XPLENTY_API_KEY_FILE or XPLENTY_API_KEY must give "
           "it";
  }
  if (!config.web.telemetry_path.starts_with('/') || config.web.telemetry_path == "/") {
    return "--web.telemetry-path: \"" + config.web.telemetry_path +
           "\" is not a path such as /metrics";
  }
  for (const std::string_view taken : {"/-/", "/status.css", "/status.js"}) {
    if (config.web.telemetry_path.starts_with(taken)) {
      return "--web.telemetry-path: \"" + config.web.telemetry_path +
             "\" is a path of the exporter's own, which begin with " + std::string(taken);
    }
  }
  if (config.storage.reset && config.storage.path.empty()) {
    return "--storage.reset: there is no ledger to reset without --storage.path";
  }
  return {};
}

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv, const std::string& version_text) {
  CommandLine line;
  Flags flags(line.config);
  const auto usage_error = [&](const std::string& what) {
    line.exit = {2, "xplenty_exporter: " + what + "\nSee xplenty_exporter --help\n"};
    return line;
  };
  try {
    flags.app().parse(Arguments(argc, argv));
  } catch (const CLI::CallForHelp&) {
    line.exit = {0, flags.app().help()};
    return line;
  } catch (const CLI::ParseError& error) {
    return usage_error(error.what());
  }
  if (flags.version()) {
    line.exit = {0, version_text};
    return line;
  }
  if (line.config.account.api_key_file.empty()) {
    line.config.account.api_key = Secret(Environment("XPLENTY_API_KEY"));
  }
  if (std::string problem = Check(line.config); !problem.empty()) return usage_error(problem);
  return line;
}

}  // namespace xplenty
