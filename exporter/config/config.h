#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/logger.h"
#include "base/secret.h"
#include "model/api_options.h"
#include "model/histogram.h"
#include "model/label_scheme.h"

namespace xplenty {

// The two forms of the log on standard error.
enum class LogFormat { kLogfmt, kJson };

// The position of a value in the config, for later errors about it. Two configs that differ in
// positions alone are equal.
struct SourceLocation {
  std::string text{};  // "FILE:LINE:COLUMN", or the name of the flag or variable.
  friend bool operator==(const SourceLocation&, const SourceLocation&) { return true; }
};

// Everything that a user can set, with the defaults. Only app/ reads it, and gives each module its
// own options. A reload may change what the config file may set: api, refresh, metrics (except for
// created_timestamps and native_histograms) and accounts.
struct Config {
  // One account of the API. Either the key or its file is set.
  struct Account {
    std::string id{};            // The account in the API's URL; unique.
    std::string name{};          // The name for people and the account's label; unique.
    std::string api_key_file{};  // It is read again when it changes.
    Secret api_key{};
    SourceLocation key_location{};
    // RE2 expressions for whole names of packages, as PackageFilter takes them.
    std::vector<std::string> include{};
    std::vector<std::string> exclude{};
    // How often packages should succeed, by the value of the package's label.
    std::map<std::string, std::chrono::milliseconds> expected_intervals{};
    friend bool operator==(const Account&, const Account&) = default;
  };
  // How often and how far back the API is read.
  struct Refresh {
    std::chrono::milliseconds min_interval = std::chrono::seconds(10);
    std::chrono::milliseconds overlap = std::chrono::seconds(60);
    std::chrono::milliseconds reconcile_interval = std::chrono::minutes(15);
    std::chrono::milliseconds lookback = std::chrono::hours(24);
    friend bool operator==(const Refresh&, const Refresh&) = default;
  };
  // Where the ledgers are.
  struct Storage {
    std::string path = "data";  // A folder; empty: the ledgers are in memory only.
    bool reset = false;
  };
  // What the exposition shows of jobs.
  struct Metrics {
    uint64_t max_series = 50'000;  // Samples of one account.
    std::chrono::milliseconds series_retention = std::chrono::days(7);
    std::chrono::milliseconds zero_hold = std::chrono::seconds(60);  // 0: values show at once.
    std::chrono::milliseconds stale_after = std::chrono::minutes(5);
    bool created_timestamps = false;
    bool native_histograms = false;
    bool per_job = false;
    uint64_t max_per_job = 1'000;
    BucketBounds runtime_buckets = {10,   30,   60,   120,   300,   600,
                                    1800, 3600, 7200, 14400, 43200, 86400};
    BucketBounds wait_buckets = {1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600};
    LabelScheme labels;
    friend bool operator==(const Metrics&, const Metrics&) = default;
  };
  // This process's share of the accounts: number `index`, from 0, of `count` processes that have
  // the same config.
  struct Shard {
    uint64_t index{};
    uint64_t count{};
  };
  // How the exporter serves HTTP.
  struct Web {
    std::vector<std::string> listen_addresses;
    bool systemd_socket = false;  // The service manager's sockets replace the addresses.
    std::string telemetry_path = "/metrics";
    bool probe_only = false;
    std::chrono::milliseconds timeout_offset = std::chrono::milliseconds(500);
    std::chrono::milliseconds default_timeout = std::chrono::milliseconds(2'500);
    uint64_t max_connections = 64;
    bool enable_lifecycle = false;
    std::string config_file;  // The file of web_config.h; empty: plain HTTP, for everyone.
  };
  // What is logged, and how.
  struct Log {
    LogLevel level = LogLevel::kInfo;
    LogFormat format = LogFormat::kLogfmt;
  };

  std::string file;  // The path of the config file; empty: there is none.
  // The account of flags and environment. It is used if the config file names no accounts.
  Account account;
  std::vector<Account> accounts;
  std::optional<Shard> shard;
  ApiOptions api;
  Refresh refresh;
  Storage storage;
  Metrics metrics;
  Web web;
  Log log;
  bool once = false;   // The program refreshes once, prints the metrics and exits.
  bool check = false;  // The program checks the config and exits.
};

}  // namespace xplenty
