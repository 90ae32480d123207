#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/timestamp.h"
#include "ledger/finished_job.h"
#include "ledger/series.h"
#include "model/job_status.h"

namespace xplenty {

// The finished jobs inside the lookback: each counts among the jobs of now of its series until it
// leaves. As there may be a million, one takes some 80 bytes. Not thread-safe.
class RecentJobs {
 public:
  explicit RecentJobs(std::chrono::seconds lookback) : lookback_(lookback) {}

  // Nothing if it is before the lookback. What was told of the same job earlier leaves: its series.
  const Series* Enter(Series& series, const FinishedJob& job);
  // Null if it is not in.
  const Series* Leave(int64_t id);
  // Those that are before the lookback then leave: their series, one for each. None comes back if
  // the time does.
  std::vector<const Series*> SetTime(Timestamp now);

  bool IsBefore(Timestamp time) const { return time < edge_; }
  bool contains(int64_t id) const { return jobs_.contains(id); }
  size_t size() const { return jobs_.size(); }

 private:
  struct RecentJob {
    Series* series{};
    Timestamp finished_at;
    JobStatus status{};
  };
  using Finish = std::pair<Timestamp, int64_t>;

  void DropSpentFinishes();

  std::chrono::seconds lookback_;
  Timestamp edge_ = Timestamp{} - lookback_;
  std::unordered_map<int64_t, RecentJob> jobs_;
  // A heap, the earliest first: of each job its finish, and some that jobs had when they were in
  // earlier.
  std::vector<Finish> finishes_;
};

}  // namespace xplenty
