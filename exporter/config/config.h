#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/logger.h"
#include "base/secret.h"

namespace xplenty {

enum class LogFormat { kLogfmt, kJson };

// Everything a user can set, with the defaults. Only app/ reads it, and gives each module its own
// options.
struct Config {
  struct Account {
    std::string id;
    std::string api_key_file;  // one of the two; the file is read again on reload
    Secret api_key;
  } account;
  struct Api {
    std::string url = "https://api.xplenty.com";
    std::chrono::milliseconds timeout = std::chrono::seconds(10);
    int page_size = 100;
    std::string ca_file;
    std::string proxy_url;
  } api;
  struct Refresh {
    std::chrono::milliseconds min_interval = std::chrono::seconds(10);
    std::chrono::milliseconds overlap = std::chrono::seconds(60);
    std::chrono::milliseconds reconcile_interval = std::chrono::minutes(15);
    std::chrono::milliseconds lookback = std::chrono::hours(24);
  } refresh;
  struct Storage {
    std::string path = "data";  // empty: memory only
    bool reset = false;
  } storage;
  struct Metrics {
    uint64_t max_series = 50'000;
    std::chrono::milliseconds series_retention = std::chrono::days(7);
    std::chrono::milliseconds zero_hold = std::chrono::seconds(60);
    std::chrono::milliseconds stale_after = std::chrono::minutes(5);
    bool created_timestamps = false;
    bool native_histograms = false;
    std::vector<double> runtime_buckets = {10,   30,   60,   120,   300,   600,
                                           1800, 3600, 7200, 14400, 43200, 86400};
    std::vector<double> wait_buckets = {1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600};
  } metrics;
  struct Web {
    std::vector<std::string> listen_addresses = {":10740"};
    bool systemd_socket = false;  // the sockets of the service manager instead of the addresses
    std::string telemetry_path = "/metrics";
    std::chrono::milliseconds timeout_offset = std::chrono::milliseconds(500);
    uint64_t max_connections = 64;
    bool enable_lifecycle = false;
    std::string config_file;  // as config/web_config.h reads it; empty: plain HTTP, for everyone
  } web;
  struct Log {
    LogLevel level = LogLevel::kInfo;
    LogFormat format = LogFormat::kLogfmt;
  } log;
  bool once = false;
  bool check = false;  // the config alone
};

}  // namespace xplenty
