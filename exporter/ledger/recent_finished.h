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

// The finished jobs inside the lookback. Each counts in its series until the lookback leaves it.
// There may be a million, so one takes some 80 bytes. Not thread-safe.
class RecentFinished {
 public:
  explicit RecentFinished(std::chrono::seconds lookback) : lookback_(lookback) {}

  // Counts a job in a series, unless it finished before the lookback. The same job no longer counts
  // where it did; returns the series where that was, null if it is new.
  const Series* Enter(Series& series, const FinishedJob& job);
  // Removes a job. Returns its series, null if it is not in.
  const Series* Leave(int64_t id);
  // Moves the lookback to the time `now` and removes the jobs that finished before it. Returns the
  // series of each. If the time steps back they do not return.
  std::vector<const Series*> SetTime(Timestamp now);

  // Returns whether a time is before the lookback.
  bool IsBefore(Timestamp time) const { return time < edge_; }
  bool contains(int64_t id) const { return jobs_.contains(id); }
  size_t size() const { return jobs_.size(); }

 private:
  struct Entry {
    Series* series{};
    Timestamp finished_at;
    JobStatus status{};
  };
  using Finish = std::pair<Timestamp, int64_t>;

  void DropSpentFinishes();

  std::chrono::seconds lookback_;
  Timestamp edge_ = Timestamp{} - lookback_;
  std::unordered_map<int64_t, Entry> jobs_;
  // A heap, the earliest first. It has the finish of each job, and some finishes that jobs had when
  // they were in earlier.
  std::vector<Finish> finishes_;
};

}  // namespace xplenty
