#include "faults/account_under_test.h"

#include <array>
#include <sstream>

#include <gtest/gtest.h>

#include "api/curl_library.h"

namespace xplenty {
namespace {

constexpr std::array<std::string_view, 5> kState = {
    "xplenty_jobs{", "xplenty_job_progress_ratio{",
    "xplenty_job_oldest_running_start_timestamp_seconds{",
    "xplenty_job_oldest_waiting_creation_timestamp_seconds{",
    "xplenty_job_unfinished_output_records{"};
constexpr std::array<std::string_view, 7> kLasting = {"xplenty_jobs_finished_total",
                                                      "xplenty_job_output_records_total",
                                                      "xplenty_job_runtime_seconds",
                                                      "xplenty_job_wait_seconds",
                                                      "xplenty_package_",
                                                      "xplenty_cluster_info",
                                                      "xplenty_exporter_overflow_jobs_total"};

Config ConfigOf(const std::string& api_url, const std::string& account,
                std::chrono::milliseconds timeout) {
  Config config;
  config.accounts = {{.id = account, .name = account, .api_key = Secret(kKey)}};
  config.api.url = api_url;
  config.api.timeout = timeout;
  config.api.page_size = 3;
  config.storage.path.clear();
  config.metrics.runtime_buckets = kRuntimeBounds;
  config.metrics.wait_buckets = kWaitBounds;
  config.metrics.zero_hold = std::chrono::milliseconds(0);
  return config;
}

}  // namespace

void LineLogger::Log(LogLevel level, std::string_view message,
                     const std::vector<LogField>& fields) {
  std::string line(message);
  for (const LogField& field : fields) line.append(" ").append(field.key) += "=" + field.value;
  const MutexLock lock(mutex_);
  if (level >= LogLevel::kWarn) warnings_.push_back(line);
  lines_.push_back(std::move(line));
}

std::vector<std::string> LineLogger::Lines() const {
  const MutexLock lock(mutex_);
  return lines_;
}

std::vector<std::string> LineLogger::Warnings() const {
  const MutexLock lock(mutex_);
  return warnings_;
}

Samples::Samples(const std::string& exposition) {
  std::istringstream lines(exposition);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    const size_t space = line.rfind(' ');
    const bool fresh = values_.emplace(line.substr(0, space), line.substr(space + 1)).second;
    EXPECT_TRUE(fresh) << "twice: " << line;
  }
}

std::map<std::string, std::string> Samples::Of(std::string_view prefix) const {
  std::map<std::string, std::string> found;
  for (auto it = values_.lower_bound(std::string(prefix));
       it != values_.end() && it->first.starts_with(prefix); ++it) {
    found.insert(*it);
  }
  return found;
}

std::map<std::string, std::string> Samples::State() const {
  std::map<std::string, std::string> found;
  for (const std::string_view prefix : kState) found.merge(Of(prefix));
  return found;
}

std::map<std::string, std::string> Samples::Lasting() const {
  std::map<std::string, std::string> found;
  for (const std::string_view prefix : kLasting) found.merge(Of(prefix));
  return found;
}

std::string Samples::Value(const std::string& sample) const {
  const auto found = values_.find(sample);
  return found == values_.end() ? "" : found->second;
}

std::map<std::string, int> Samples::Growth(const std::string& counter,
                                           const Samples& previous) const {
  std::map<std::string, int> growth;
  for (const auto& [sample, value] : Of(counter + "{")) {
    const std::string earlier = previous.Value(sample);
    const int grown = std::stoi(value) - (earlier.empty() ? 0 : std::stoi(earlier));
    const size_t end = sample.rfind('"');
    const size_t begin = sample.rfind('"', end - 1) + 1;  // the last label's value
    if (grown != 0) growth[sample.substr(begin, end - begin)] = grown;
  }
  return growth;
}

AccountUnderTest::AccountUnderTest(FakeClock& clock, const std::string& api_url,
                                   const std::string& account, std::chrono::milliseconds timeout)
    : config(ConfigOf(api_url, account, timeout)),
      clock_(clock),
      accounts_({.clock = clock, .logger = log}) {
  static const CurlGlobal curl;
  for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) unsetenv(name);
}

void AccountUnderTest::Start() {
  const Status status = accounts_.Apply(config);
  if (!status) FAIL() << status.error().message;
  routes_ = MakeRoutes({.config = config,
                        .clock = clock_,
                        .accounts = accounts_,
                        .exposition = exposition_,
                        .reload = [] { return true; }});
}

HttpResponse AccountUnderTest::Get(const std::string& path) {
  return routes_.find(path)->second.handler({.method = "GET", .path = path});
}

Samples AccountUnderTest::Scrape() {
  const HttpResponse response = Get("/metrics");
  EXPECT_EQ(response.status, 200);
  return Samples(response.body.ToString());
}

}  // namespace xplenty
