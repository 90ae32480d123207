#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"
#include "model/account_view.h"

namespace xplenty {

// Decides when to report how many series are new. Where each run has a cluster of its own, nearly
// all are, and Prometheus pays for each. Pure; not thread-safe.
class SeriesReport {
 public:
  // The first report is a day after the start.
  explicit SeriesReport(SteadyTime start) : next_(start + kInterval) {}

  // Returns whether to report what the last day has brought: once a day, if many series were new
  // and more than returned.
  bool IsDue(SteadyTime now, const SeriesCounts& last_day) {
    if (now < next_) return false;
    next_ = now + kInterval;
    return last_day.created >= kMany && last_day.created > last_day.returned;
  }

 private:
  static constexpr std::chrono::hours kInterval{24};
  static constexpr uint64_t kMany = 20;

  SteadyTime next_;
};

}  // namespace xplenty
