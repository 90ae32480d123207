#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "api/request_observer.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "exposition/metric_family.h"
#include "model/api_health.h"
#include "refresh/refresh_observer.h"

namespace xplenty {

// The exporter's own metrics about the API and the refreshes of one account, and the account's
// health. It observes both at their source. Safe from any thread.
class AccountMetrics final : public RequestObserver, public RefreshObserver {
 public:
  // All metrics have the labels of `account`. The clock must outlive this.
  AccountMetrics(prometheus::Labels account, const Clock& clock);

  void OnRequest(int http_status, std::chrono::duration<double> took) override;
  void OnRateLimit(const RateLimit& rate_limit) override;
  void OnRefreshEnd(const RefreshEnd& end) override;
  void OnNoResponse() override;

  ApiHealth health() const;

  // Returns a number that grows whenever a metric has changed.
  uint64_t changes() const { return changes_; }

  // Returns the metrics as they are now, in the order of CollectSorted().
  std::vector<MetricFamily> Collect() const;

 private:
  void Changed() { ++changes_; }
  void Set(const std::string& name, const std::string& help, double value);
  double WallSeconds() const;

  prometheus::Registry registry_;
  const prometheus::Labels account_;
  const Clock& clock_;
  std::atomic<uint64_t> changes_ = 0;
  prometheus::Gauge& up_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Histogram& request_duration_;
  prometheus::Family<prometheus::Counter>& refresh_errors_;

  mutable Mutex mutex_;
  ApiHealth health_ GUARDED_BY(mutex_);
};

// Returns what the registry holds, families by name and metrics by labels.
std::vector<MetricFamily> CollectSorted(const prometheus::Registry& registry);

// The metrics about the program, which have no account. Safe from any thread.
class ProcessMetrics {
 public:
  // Puts the metrics into the registry, which must outlive this, as must the clock. The config
  // counts as loaded.
  ProcessMetrics(prometheus::Registry& registry, const Clock& clock);

  // Records that the config has been loaded again, or could not be.
  void ConfigLoaded(bool success);

  // Returns a number that grows whenever a metric has changed.
  uint64_t changes() const { return changes_; }

 private:
  const Clock& clock_;
  prometheus::Gauge& reload_successful_;
  prometheus::Gauge& reload_time_;
  std::atomic<uint64_t> changes_ = 0;
};

}  // namespace xplenty
