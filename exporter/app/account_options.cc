#include "app/account_options.h"

#include <utility>

#include "app/version.h"
#include "config/package_filter.h"

namespace xplenty {
namespace {

std::chrono::seconds WholeSeconds(std::chrono::milliseconds duration) {
  return std::chrono::ceil<std::chrono::seconds>(duration);
}

// The expressions are right: the config has been checked.
std::function<bool(std::string_view)> FilterOf(const Config::Account& account) {
  auto filter = PackageFilter::Create(account.include, account.exclude);
  if (filter->IncludesAll()) return {};
  return
      [filter = std::move(*filter)](std::string_view package) { return filter.Includes(package); };
}

}  // namespace

std::string AccountLabelOf(const AccountSettings& settings) {
  const bool by_id = settings.metrics.labels.account.value == LabelValue::kId;
  return by_id ? settings.account.id : settings.account.name;
}

LedgerOptions LedgerOptionsOf(const AccountSettings& settings, const std::string& storage_path) {
  const Config::Metrics& metrics = settings.metrics;
  return {
      .folder = storage_path,
      .account = settings.account.id,
      .account_label = AccountLabelOf(settings),
      .aggregates = {.zero_first = metrics.zero_hold.count() > 0,
                     .includes = FilterOf(settings.account),
                     .runtime_bounds = metrics.runtime_buckets,
                     .wait_bounds = metrics.wait_buckets,
                     .lookback = WholeSeconds(settings.refresh.lookback),
                     .series_retention = WholeSeconds(metrics.series_retention),
                     .max_series = metrics.max_series,
                     .samples_per_series = SamplesPerSeries(
                         metrics.runtime_buckets, metrics.wait_buckets, metrics.created_timestamps),
                     .samples_per_package = SamplesPerPackage(),
                     .native_histograms = metrics.native_histograms,
                     .labels = metrics.labels}};
}

RefreshOptions RefreshOptionsOf(const AccountSettings& settings, const std::string& storage_path) {
  return {.min_interval = settings.refresh.min_interval,
          .overlap = WholeSeconds(settings.refresh.overlap),
          .reconcile_interval = settings.refresh.reconcile_interval,
          .lookback = WholeSeconds(settings.refresh.lookback),
          .zero_hold = settings.metrics.zero_hold,
          .stale_after = settings.metrics.stale_after,
          .memory_only = storage_path.empty()};
}

HttpPageSource::Options SourceOptionsOf(const AccountSettings& settings) {
  return {.api = settings.api,
          .account_id = settings.account.id,
          .user_agent = std::string("xplenty_exporter/") + Version()};
}

CollectOptions CollectOptionsOf(const AccountSettings& settings) {
  const Config::Metrics& metrics = settings.metrics;
  CollectOptions options{.created_timestamps = metrics.created_timestamps,
                         .per_job = {},
                         .expected_intervals = settings.account.expected_intervals};
  if (metrics.per_job) options.per_job = metrics.max_per_job;
  return options;
}

}  // namespace xplenty
