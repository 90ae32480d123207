#include "config/settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <type_traits>
#include <utility>

#include "base/duration.h"

namespace xplenty {
namespace {

using std::chrono::milliseconds;
using Problem = std::optional<std::string>;

constexpr const char* kAccount = "Account";
constexpr const char* kApi = "API";
constexpr const char* kRefresh = "Refresh";
constexpr const char* kStorage = "Storage";
constexpr const char* kMetrics = "Metrics";
constexpr const char* kWeb = "Web";
constexpr const char* kLog = "Log";
constexpr const char* kRun = "Run";

std::string Quoted(const std::string& text) {
  return "\"" + text + "\"";
}

// Returns a function that finds the setting's field in a config; below its type is `Of`.
template <typename Section, typename Value>
auto FieldOf(Section Config::*section, Value Section::*field) {
  return [=](Config& config) -> Value& { return config.*section.*field; };
}

template <typename Of>
Setting Text(std::string name, Of of, std::string help) {
  Config defaults;
  return {.name = std::move(name),
          .kind = Setting::Kind::kText,
          .group = {},
          .help = std::move(help),
          .default_value = of(defaults),
          .env_var = {},
          .set = [of](Config& config, const std::string& text) -> Problem {
            of(config) = text;
            return std::nullopt;
          }};
}

template <typename Of>
Setting Path(std::string name, Of of, std::string help) {
  Setting setting = Text(std::move(name), of, std::move(help));
  setting.kind = Setting::Kind::kPath;
  return setting;
}

template <typename Of>
Setting Switch(std::string name, Of of, std::string help) {
  return {.name = std::move(name),
          .kind = Setting::Kind::kSwitch,
          .group = {},
          .help = std::move(help),
          .default_value = "false",
          .env_var = {},
          .set = [of](Config& config, const std::string& text) -> Problem {
            if (text != "true" && text != "false") return Quoted(text) + " is not true or false";
            of(config) = text == "true";
            return std::nullopt;
          }};
}

template <typename Of, typename T = std::remove_cvref_t<std::invoke_result_t<Of, Config&>>>
Setting Number(std::string name, Of of, std::type_identity_t<T> low, std::type_identity_t<T> high,
               std::string help) {
  Config defaults;
  return {.name = std::move(name),
          .kind = Setting::Kind::kNumber,
          .group = {},
          .help = std::move(help),
          .default_value = std::to_string(of(defaults)),
          .env_var = {},
          .set = [of, low, high](Config& config, const std::string& text) -> Problem {
            T number = 0;
            const char* const end = text.data() + text.size();
            const auto [stop, error] = std::from_chars(text.data(), end, number);
            if (error != std::errc() || stop != end || number < low || number > high) {
              return Quoted(text) + " is not a whole number from " + std::to_string(low) + " to " +
                     std::to_string(high);
            }
            of(config) = number;
            return std::nullopt;
          }};
}

template <typename Of>
Setting Duration(std::string name, Of of, std::string help,
                 milliseconds minimum = milliseconds(0)) {
  Config defaults;
  return {.name = std::move(name),
          .kind = Setting::Kind::kDuration,
          .group = {},
          .help = std::move(help),
          .default_value = FormatDuration(of(defaults)),
          .env_var = {},
          .set = [of, minimum](Config& config, const std::string& text) -> Problem {
            const auto duration = ParseDuration(text);
            if (!duration) return Quoted(text) + " is not a duration such as 500ms, 15s or 24h";
            if (*duration < minimum) {
              return Quoted(text) + " is too short: at least " + FormatDuration(minimum) +
                     " is expected";
            }
            of(config) = *duration;
            return std::nullopt;
          }};
}

template <typename Of, typename T, size_t n>
Setting Choice(std::string name, Of of, std::array<std::pair<std::string_view, T>, n> choices,
               std::string help) {
  Config config;
  const T value = of(config);
  std::string names;
  std::string default_value;
  for (const auto& [choice, meaning] : choices) {
    names += (names.empty() ? "" : ", ") + std::string(choice);
    if (meaning == value) default_value = choice;
  }
  return {.name = std::move(name),
          .kind = Setting::Kind::kChoice,
          .group = {},
          .help = std::move(help) + ": " + names,
          .default_value = default_value,
          .env_var = {},
          .set = [of, choices, names](Config& into, const std::string& text) -> Problem {
            for (const auto& [choice, meaning] : choices) {
              if (choice != text) continue;
              of(into) = meaning;
              return std::nullopt;
            }
            return Quoted(text) + " is none of " + names;
          }};
}

// Reads "I/N". I may be the name of a pod of a StatefulSet, which ends in its ordinal.
Problem SetShard(Config& config, const std::string& text) {
  const size_t slash = text.find('/');
  const std::string name = text.substr(0, slash);
  const std::string index = name.substr(name.rfind('-') + 1);  // All of it without a hyphen.
  const std::string count = slash == std::string::npos ? "" : text.substr(slash + 1);
  const auto number = [](const std::string& digits) -> std::optional<uint64_t> {
    uint64_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
  };
  const auto i = number(index);
  const auto n = number(count);
  if (!i || !n || *i >= *n) {
    return Quoted(text) +
           " is not a shard such as 0/3 or POD-0/3: a number from 0, or a name that ends in it, of "
           "how many there are";
  }
  config.shard = Config::Shard{.index = *i, .count = *n};
  return std::nullopt;
}

Setting From(std::string env_var, Setting setting) {
  setting.env_var = std::move(env_var);
  return setting;
}

using Table = std::vector<Setting>;

void Add(Table& table, const char* group, bool in_file, Table settings) {
  for (Setting& setting : settings) {
    setting.group = group;
    setting.in_file = in_file;
    table.push_back(std::move(setting));
  }
}

void AddAccounts(Table& table) {
  using Account = Config::Account;
  Add(table, kAccount, false,
      {Path(
           "config.file", [](Config& config) -> std::string& { return config.file; },
           "YAML file with accounts, labels, buckets and more; SIGHUP reads it again"),
       From("XPLENTY_ACCOUNT_ID", Text("account.id", FieldOf(&Config::account, &Account::id),
                                       "Id of the account, as in the API's URL, and the value of "
                                       "its label; required unless the config file has accounts")),
       From("XPLENTY_API_KEY_FILE",
            Path("account.api-key-file", FieldOf(&Config::account, &Account::api_key_file),
                 "File that holds the API key, read again before each request; XPLENTY_API_KEY may "
                 "hold the key itself")),
       {.name = "accounts.shard",
        .kind = Setting::Kind::kText,
        .group = {},
        .help = "Serve one share of the config file's accounts: I/N, with I from 0 or a pod's name "
                "that ends in it; shares are those of Prometheus' hashmod",
        .default_value = {},
        .env_var = {},
        .set = SetShard}});
}

void AddApi(Table& table) {
  const auto of = [](auto field) { return FieldOf(&Config::api, field); };
  Add(table, kApi, true,
      {From("XPLENTY_API_URL",
            Text("api.url", of(&ApiOptions::url), "Address of the API, http or https")),
       Duration("api.timeout", of(&ApiOptions::timeout), "Time limit of one request",
                milliseconds(1)),
       Number("api.page-size", of(&ApiOptions::page_size), 1, 100, "Jobs per request, 1 to 100"),
       From("SSL_CERT_FILE",
            Path("api.ca-file", of(&ApiOptions::ca_file),
                 "Certificate authorities (PEM) to trust instead of the system's, for the API and "
                 "an https proxy")),
       Text("api.proxy-url", of(&ApiOptions::proxy_url),
            "Proxy for the API instead of HTTPS_PROXY; NO_PROXY is honoured")});
}

void AddRefresh(Table& table) {
  using Refresh = Config::Refresh;
  const auto of = [](auto field) { return FieldOf(&Config::refresh, field); };
  Add(table, kRefresh, true,
      {Duration("refresh.min-interval", of(&Refresh::min_interval),
                "A scrape asks the API only if its last response is older"),
       Duration("refresh.overlap", of(&Refresh::overlap),
                "How late a row may become visible in the API"),
       Duration("refresh.reconcile-interval", of(&Refresh::reconcile_interval),
                "How often the whole lookback is read again", std::chrono::seconds(1)),
       Duration(
           "refresh.lookback", of(&Refresh::lookback),
           "How far back the first refresh reads, and how long xplenty_jobs shows finished jobs",
           std::chrono::minutes(1))});
  Add(table, kStorage, false,
      {Path("storage.path", FieldOf(&Config::storage, &Config::Storage::path),
            "Folder of the ledgers; if empty, there is no ledger, and counters start again each "
            "day (UTC)"),
       Switch("storage.reset", FieldOf(&Config::storage, &Config::Storage::reset),
              "Move the ledgers aside, start new ones and count from now; give it once")});
}

void AddMetrics(Table& table) {
  using Metrics = Config::Metrics;
  const auto of = [](auto field) { return FieldOf(&Config::metrics, field); };
  Add(table, kMetrics, false,
      {Switch("metrics.created-timestamps", of(&Metrics::created_timestamps),
              "Show in OpenMetrics when each counter started to count (_created)"),
       Switch("metrics.native-histograms", of(&Metrics::native_histograms),
              "Offer the protobuf format, with native histograms beside the buckets")});
  Add(table, kMetrics, true,
      {Number("metrics.max-series", of(&Metrics::max_series), 1'000, 100'000'000,
              "Most series of packages and clusters per account; beyond, idle ones make room, or "
              "jobs count under cluster=\"other\""),
       Duration("metrics.series-retention", of(&Metrics::series_retention),
                "How long series of an idle package and cluster are shown",
                std::chrono::minutes(1)),
       Duration("metrics.zero-hold", of(&Metrics::zero_hold),
                "How long a new series is shown as 0 before its first value; 0 turns it off"),
       Duration("metrics.stale-after", of(&Metrics::stale_after),
                "How long state gauges are kept while the API fails"),
       Switch("metrics.per-job", of(&Metrics::per_job),
              "Show each unfinished job as a series (xplenty_job_info, "
              "xplenty_running_job_progress_ratio)"),
       Number("metrics.max-per-job", of(&Metrics::max_per_job), 1, 1'000'000,
              "Most unfinished jobs per account that --metrics.per-job shows, the oldest first")});
}

void AddWeb(Table& table) {
  using Web = Config::Web;
  const auto of = [](auto field) { return FieldOf(&Config::web, field); };
  Add(table, kWeb, false,
      {{.name = "web.listen-address",
        .kind = Setting::Kind::kList,
        .group = {},
        .help = "host:port, [::1]:port or :port; port 0 takes a free one and logs it (repeatable)",
        .default_value = ":10740",
        .env_var = {},
        .set = [](Config& config, const std::string& text) -> Problem {
          config.web.listen_addresses.push_back(text);
          return std::nullopt;
        }},
       Switch("web.systemd-socket", of(&Web::systemd_socket),
              "Listen on the TCP sockets that systemd hands over (LISTEN_FDS) instead of "
              "--web.listen-address"),
       Text("web.telemetry-path", of(&Web::telemetry_path), "Path of the metrics"),
       Switch(
           "web.probe-only", of(&Web::probe_only),
           "Show accounts at /probe?target=ACCOUNT only; the metrics are then the exporter's own"),
       Duration("web.timeout-offset", of(&Web::timeout_offset),
                "Taken off the scrape's own timeout to respond in time"),
       Duration("web.default-timeout", of(&Web::default_timeout),
                "Time limit of a scrape that states none", milliseconds(1)),
       Number("web.max-connections", of(&Web::max_connections), 1, 10'000, "Connections at a time"),
       Path("web.config.file", of(&Web::config_file),
            "TLS, basic auth, headers and rate limit: a file as Prometheus' exporter-toolkit "
            "reads it"),
       Switch("web.enable-lifecycle", of(&Web::enable_lifecycle),
              "Serve POST /-/reload, which does what SIGHUP does")});
}

void AddOthers(Table& table) {
  constexpr std::array<std::pair<std::string_view, LogLevel>, 4> kLevels = {
      {{"debug", LogLevel::kDebug},
       {"info", LogLevel::kInfo},
       {"warn", LogLevel::kWarn},
       {"error", LogLevel::kError}}};
  constexpr std::array<std::pair<std::string_view, LogFormat>, 2> kFormats = {
      {{"logfmt", LogFormat::kLogfmt}, {"json", LogFormat::kJson}}};
  Add(table, kLog, false,
      {Choice("log.level", FieldOf(&Config::log, &Config::Log::level), kLevels,
              "Least severity to log"),
       Choice("log.format", FieldOf(&Config::log, &Config::Log::format), kFormats,
              "Form of the log on standard error")});
  Add(table, kRun, false,
      {Switch(
           "once", [](Config& config) -> bool& { return config.once; },
           "Refresh each account once, print the metrics (without process_*) and exit; 1 if that "
           "fails"),
       Switch(
           "config.check", [](Config& config) -> bool& { return config.check; },
           "Check flags, config file, key files and web config, print all errors, and exit: 2 if "
           "there are any, else 0")});
}

}  // namespace

std::string Setting::Key() const {
  std::string key = name;
  std::ranges::replace(key, '-', '_');
  return key;
}

std::string_view Setting::Section() const {
  return std::string_view(name).substr(0, name.find('.'));
}

const std::vector<Setting>& Settings() {
  static const Table settings = [] {
    Table table;
    for (const auto add : {AddAccounts, AddApi, AddRefresh, AddMetrics, AddWeb, AddOthers}) {
      add(table);
    }
    return table;
  }();
  return settings;
}

}  // namespace xplenty
