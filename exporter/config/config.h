#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/logger.h"
#include "base/secret.h"

namespace xplenty {

enum class LogFormat { kLogfmt, kJson };

// Where the value of a label is taken from; kNone leaves the label out.
enum class LabelSource { kName, kId, kNone };

// Where in the config something was said, for later errors about it; it tells two configs apart no
// more than a comment does.
struct Place {
  std::string text{};  // "FILE:LINE:COLUMN", or the flag's or variable's name
  friend bool operator==(const Place&, const Place&) { return true; }
};

// Everything a user can set, with the defaults. Only app/ reads it, and gives each module its own
// options. What a reload may change is what the config file may hold: api, refresh, metrics and
// accounts.
struct Config {
  struct Account {
    std::string id{};
    std::string name{};          // for people, and the account label; unique as is the id
    std::string api_key_file{};  // one of the two; the file is read again when it changes
    Secret api_key{};
    Place key_place{};
    // RE2 expressions for whole names of packages; no include: all.
    std::vector<std::string> include{};
    std::vector<std::string> exclude{};
    std::map<std::string, std::chrono::milliseconds> expected_intervals{};  // by package
    friend bool operator==(const Account&, const Account&) = default;
  };
  struct Api {
    std::string url = "https://api.xplenty.com";
    std::chrono::milliseconds timeout = std::chrono::seconds(10);
    int page_size = 100;
    std::string ca_file;
    std::string proxy_url;
    friend bool operator==(const Api&, const Api&) = default;
  };
  struct Refresh {
    std::chrono::milliseconds min_interval = std::chrono::seconds(10);
    std::chrono::milliseconds overlap = std::chrono::seconds(60);
    std::chrono::milliseconds reconcile_interval = std::chrono::minutes(15);
    std::chrono::milliseconds lookback = std::chrono::hours(24);
    friend bool operator==(const Refresh&, const Refresh&) = default;
  };
  struct Storage {
    std::string path = "data";  // empty: memory only
    bool reset = false;
  };
  struct Label {
    std::string name{};
    LabelSource value = LabelSource::kName;
    friend bool operator==(const Label&, const Label&) = default;
  };
  struct Labels {
    Label account{.name = "account"};
    Label package{.name = "package"};
    Label cluster{.name = "cluster"};
    friend bool operator==(const Labels&, const Labels&) = default;
  };
  struct Metrics {
    uint64_t max_series = 50'000;
    std::chrono::milliseconds series_retention = std::chrono::days(7);
    std::chrono::milliseconds zero_hold = std::chrono::seconds(60);
    std::chrono::milliseconds stale_after = std::chrono::minutes(5);
    bool created_timestamps = false;
    bool native_histograms = false;
    bool per_job = false;
    uint64_t max_per_job = 1'000;
    // Ascending, without +Inf.
    std::vector<double> runtime_buckets = {10,   30,   60,   120,   300,   600,
                                           1800, 3600, 7200, 14400, 43200, 86400};
    std::vector<double> wait_buckets = {1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600};
    Labels labels;
    friend bool operator==(const Metrics&, const Metrics&) = default;
  };
  // Of `count` processes with the same config this is number `index`, from 0.
  struct Shard {
    uint64_t index{};
    uint64_t count{};
  };
  struct Web {
    std::vector<std::string> listen_addresses;
    bool systemd_socket = false;  // the sockets of the service manager instead of the addresses
    std::string telemetry_path = "/metrics";
    bool probe_only = false;
    std::chrono::milliseconds timeout_offset = std::chrono::milliseconds(500);
    uint64_t max_connections = 64;
    bool enable_lifecycle = false;
    std::string config_file;  // as config/web_config.h reads it; empty: plain HTTP, for everyone
  };
  struct Log {
    LogLevel level = LogLevel::kInfo;
    LogFormat format = LogFormat::kLogfmt;
  };

  std::string file;  // empty: none
  Account account;   // of flags and environment, for a config without a file that names accounts
  std::vector<Account> accounts;
  std::optional<Shard> shard;
  Api api;
  Refresh refresh;
  Storage storage;
  Metrics metrics;
  Web web;
  Log log;
  bool once = false;
  bool check = false;  // the config alone
};

}  // namespace xplenty
