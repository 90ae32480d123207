#include "app/exporter_metrics.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "app/version.h"

namespace xplenty {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Labels;

// Their counters exist from the start, so that the first event of each is an increase.
constexpr std::array<const char*, 14> kCodes = {"200", "400", "401", "402", "403", "404", "406",
                                                "415", "422", "429", "500", "502", "503", "error"};

constexpr std::array<const char*, 7> kReasons = {"auth", "rate_limit", "timeout", "network",
                                                 "http", "parse",      "storage"};

const char* Reason(ErrorCode code) {
  switch (code) {
    case ErrorCode::kAuth:
      return "auth";
    case ErrorCode::kRateLimit:
      return "rate_limit";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kNetwork:
      return "network";
    case ErrorCode::kHttp:
      return "http";
    case ErrorCode::kParse:
      return "parse";
    case ErrorCode::kStorage:
      return "storage";
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kCancelled:
      break;
  }
  return nullptr;
}

prometheus::Gauge& PlainGauge(prometheus::Registry& registry, const std::string& name,
                              const std::string& help, const Labels& labels) {
  return BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}

Labels With(Labels labels, const std::string& name, const std::string& value) {
  labels[name] = value;
  return labels;
}

}  // namespace

std::vector<MetricFamily> CollectSorted(const prometheus::Registry& registry) {
  auto families = registry.Collect();  // They come in the order of their hashes.
  const auto labels = [](const prometheus::ClientMetric& metric) { return metric.label; };
  for (auto& family : families) std::ranges::sort(family.metric, {}, labels);
  std::ranges::sort(families, {}, &prometheus::MetricFamily::name);
  std::vector<MetricFamily> sorted;
  sorted.reserve(families.size());
  for (auto& family : families) sorted.push_back(ToFamily(std::move(family)));
  return sorted;
}

AccountMetrics::AccountMetrics(prometheus::Labels account, const Clock& clock)
    : account_(std::move(account)),
      clock_(clock),
      up_(PlainGauge(registry_, "xplenty_up",
                     "1 if the last refresh from the API completed; 0 before the first has, and "
                     "when the API fails or does not respond.",
                     account_)),
      requests_(BuildCounter()
                    .Name("xplenty_api_requests")
                    .Help("Requests sent to the API, with retries, by HTTP status; error if no "
                          "complete response came.")
                    .Register(registry_)),
      request_duration_(
          BuildHistogram()
              .Name("xplenty_api_request_duration_seconds")
              .Help("Time from sending a request to the end of its response.")
              .Register(registry_)
              .Add(account_, prometheus::Histogram::BucketBoundaries{0.05, 0.1, 0.25, 0.5, 1, 2.5,
                                                                     5, 10, 30})),
      refresh_errors_(BuildCounter()
                          .Name("xplenty_exporter_refresh_errors")
                          .Help("Refreshes that did not complete, by reason: auth, rate_limit, "
                                "timeout, network, http, parse or storage.")
                          .Register(registry_)) {
  for (const char* code : kCodes) requests_.Add(With(account_, "code", code));
  for (const char* reason : kReasons) refresh_errors_.Add(With(account_, "reason", reason));
}

// Sets a gauge that is absent until it has a value. Registering a gauge again yields the same one.
void AccountMetrics::Set(const std::string& name, const std::string& help, double value) {
  PlainGauge(registry_, name, help, account_).Set(value);
}

double AccountMetrics::WallSeconds() const {
  return std::chrono::duration<double>(clock_.Wall().time_since_epoch()).count();
}

void AccountMetrics::OnRequest(int http_status, std::chrono::duration<double> took) {
  const std::string code = http_status == 0 ? "error" : std::to_string(http_status);
  requests_.Add(With(account_, "code", code)).Increment();
  request_duration_.Observe(took.count());
  Changed();
  if (http_status != 200) {
    const MutexLock lock(mutex_);
    health_.attempted = true;
  }
}

void AccountMetrics::OnRateLimit(const RateLimit& rate_limit) {
  if (rate_limit.limit) {
    Set("xplenty_api_rate_limit",
        "Requests per hour that the API grants; absent if it does not say.",
        static_cast<double>(*rate_limit.limit));
  }
  if (rate_limit.remaining) {
    Set("xplenty_api_rate_limit_remaining",
        "Requests that the API still grants this hour; absent if it does not say.",
        static_cast<double>(*rate_limit.remaining));
  }
  Changed();
  const MutexLock lock(mutex_);
  health_.rate_limit = rate_limit;
}

void AccountMetrics::OnRefreshEnd(const RefreshEnd& end) {
  const Error* const error = end.error;
  up_.Set(error == nullptr ? 1 : 0);
  Set("xplenty_exporter_last_refresh_timestamp_seconds",
      "When the latest refresh ended, with or without success, in Unix time; absent before the "
      "first.",
      WallSeconds());
  Set("xplenty_exporter_refresh_duration_seconds",
      "Duration of the latest refresh; absent before the first.", end.took.count());
  if (error == nullptr) {
    Set("xplenty_exporter_last_successful_refresh_timestamp_seconds",
        "When the latest refresh that completed ended, in Unix time; absent before the first.",
        WallSeconds());
  } else if (const char* reason = Reason(error->code)) {
    refresh_errors_.Add(With(account_, "reason", reason)).Increment();
  }
  Changed();
  const MutexLock lock(mutex_);
  health_.attempted = true;
  health_.up = error == nullptr;
  health_.last_error = error == nullptr ? std::string() : error->message;
  health_.last_refresh = clock_.Wall();
  if (error == nullptr) health_.last_success = health_.last_refresh;
  if (end.server_time) {
    health_.server_ahead =
        std::chrono::floor<std::chrono::milliseconds>(*end.server_time - clock_.Wall());
  }
}

void AccountMetrics::OnNoResponse() {
  up_.Set(0);
  Changed();
  const MutexLock lock(mutex_);
  health_.attempted = true;
  health_.up = false;
  health_.last_error = "the API has not answered in full yet";
}

std::vector<MetricFamily> AccountMetrics::Collect() const {
  return CollectSorted(registry_);
}

ApiHealth AccountMetrics::health() const {
  const MutexLock lock(mutex_);
  return health_;
}

ProcessMetrics::ProcessMetrics(prometheus::Registry& registry, const Clock& clock)
    : clock_(clock),
      reload_successful_(PlainGauge(
          registry, "xplenty_exporter_config_last_reload_successful",
          "1 if the start or the latest reload of the configuration succeeded, else 0.", {})),
      reload_time_(
          PlainGauge(registry, "xplenty_exporter_config_last_reload_success_timestamp_seconds",
                     "When the configuration was last loaded successfully, in Unix time.", {})) {
  PlainGauge(registry, "xplenty_exporter_build_info",
             "Always 1; labelled by what the exporter was built from.",
             {{"version", Version()}, {"revision", Revision()}, {"compiler", Compiler()}})
      .Set(1);
  ConfigLoaded(true);
}

void ProcessMetrics::ConfigLoaded(bool success) {
  reload_successful_.Set(success ? 1 : 0);
  if (success) {
    reload_time_.Set(std::chrono::duration<double>(clock_.Wall().time_since_epoch()).count());
  }
  ++changes_;
}

}  // namespace xplenty
