#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>

#include "api/rate_limit.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "exposition/metric_family.h"
#include "refresh/refresh_observer.h"

namespace xplenty {

// What is known of the API of one account, for the status page.
struct ApiHealth {
  bool attempted{};  // to be asked for, with or without success
  bool up{};
  std::string last_error;  // of the last refresh; empty if it completed
  std::optional<WallTime> last_refresh;
  std::optional<WallTime> last_success;
  RateLimit rate_limit;
  std::chrono::milliseconds server_ahead{};  // of this machine's clock; 0 while it is not known
};

// The exporter's own metrics about one account's API and refreshes, and its health. Safe from any
// thread.
class AccountInstruments {
 public:
  // `account`: the label of all of them; empty: none.
  AccountInstruments(prometheus::Labels account, const Clock& clock);

  void RequestSent(int http_status, std::chrono::duration<double> took);
  void RateLimitSeen(const RateLimit& rate_limit);
  void RefreshEnded(const RefreshEnd& end);
  void NoResponse();

  ApiHealth health() const;

  // Grows whenever a metric changes, after it has.
  uint64_t changes() const { return changes_; }
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

// What the registry holds, in the order of names and labels.
std::vector<MetricFamily> CollectSorted(const prometheus::Registry& registry);

// The metrics about the program, which carry no account.
class ProcessInstruments {
 public:
  ProcessInstruments(prometheus::Registry& registry, const Clock& clock);

  void ConfigLoaded(bool success);

  // Grows whenever a metric changes, after it has. Safe from any thread.
  uint64_t changes() const { return changes_; }

 private:
  const Clock& clock_;
  prometheus::Gauge& reload_successful_;
  prometheus::Gauge& reload_time_;
  std::atomic<uint64_t> changes_ = 0;
};

}  // namespace xplenty
