#pragma once

#include <chrono>
#include <cstdint>
#include <map>

#include "base/timestamp.h"
#include "model/account_view.h"

namespace xplenty {

// Counts the packages on clusters that become series, and those that are retired early: in all, and
// in the last 24 hours. Prometheus pays for each new series, so where each run has a cluster of its
// own the second number is its cost. In memory only. Not thread-safe.
class SeriesChurn {
 public:
  // What one commit adds.
  struct Changes {
    uint64_t created{};  // packages on clusters that were never seen before
    uint64_t evicted{};  // idle ones that make room
    uint64_t finished_jobs{};
  };

  explicit SeriesChurn(uint64_t samples_per_series) : samples_per_series_(samples_per_series) {}

  // Takes over what was counted before a reload.
  void CopyFrom(const SeriesChurn& earlier);
  void Add(const Changes& changes, Timestamp now);
  // Forgets what is more than a day ago. Returns whether the view then differs.
  bool SetTime(Timestamp now);
  void FillView(AccountView& view) const;

 private:
  struct Hour {
    uint64_t created{};
    uint64_t finished_jobs{};
  };

  uint64_t NewInADay() const;

  uint64_t samples_per_series_;
  uint64_t created_samples_ = 0;
  uint64_t evicted_samples_ = 0;
  std::map<std::chrono::sys_time<std::chrono::hours>, Hour> hours_;  // by their start
  uint64_t new_in_a_day_ = 0;                                        // at the time that was set
};

}  // namespace xplenty
