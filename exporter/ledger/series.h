#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>

#include "base/timestamp.h"
#include "ledger/finished_job.h"
#include "ledger/package_cluster.h"
#include "model/account_view.h"
#include "model/job_status.h"

namespace xplenty {

// Adds a job that counts to counters. Its `counted_as` must be set.
void CountJob(const FinishedJob& job, JobCounters& counters);

// Whether a series is shown, and what has happened in it. Not thread-safe.
class SeriesActivity {
 public:
  // Whether the series is shown: from its first job until it is retired. SeriesTable sets it.
  bool active() const { return active_; }
  void set_active(bool active) { active_ = active; }

  // Returns the time of the last event.
  Timestamp last_event() const { return last_event_; }
  void RecordEvent(Timestamp time) { last_event_ = std::max(last_event_, time); }

  // Records that a scrape must receive the present counters before the series may be retired to
  // make room for others.
  void MarkUnscraped() { shown_by_ = kNoView; }
  // Records that a view shows the present counters.
  void RecordView(uint64_t version) {
    if (shown_by_ == kNoView) shown_by_ = version;
  }
  // Returns true if a scrape that has received the view with this number need not receive more.
  bool IsScrapedBy(uint64_t version) const { return shown_by_ <= version; }

 private:
  static constexpr uint64_t kNoView = std::numeric_limits<uint64_t>::max();

  Timestamp last_event_{};
  uint64_t shown_by_ = 0;  // the first view that shows the counters; 0: none need show them
  bool active_ = false;
};

// What is known of one (package, cluster): the counters of its finished jobs, how many of them are
// inside the lookback, and its unfinished jobs. Not thread-safe.
class Series {
 public:
  // `counters`: of the jobs that have finished, as this goes on from them.
  Series(SeriesLabels labels, const JobCounters& counters);

  const SeriesLabels& labels() const { return labels_; }
  SeriesActivity& activity() { return activity_; }
  const SeriesActivity& activity() const { return activity_; }
  // Returns true if nothing happens in it: no job is unfinished, and the counters are not frozen.
  bool IsIdle() const { return unfinished_.empty() && !frozen_; }

  // Counts a finished job, or what a correction adds. `previous` is the job as it was counted; null
  // if it is new. A job that does not count leaves the counters as they are.
  void Count(const FinishedJob& job, const FinishedJob* previous);
  // Returns true if a correction may move the job behind another one of its bucket, so that the
  // exemplars must be computed again from all jobs of the series.
  bool NeedsExemplars(const FinishedJob& previous, const FinishedJob& after) const;
  // Takes over the exemplars alone.
  void ReplaceExemplars(const JobCounters& computed);

  // Changes how many jobs of a finished status are inside the lookback.
  void AddRecent(JobStatus status, int delta);
  // Returns true if a job is unfinished or inside the lookback.
  bool HasJobs() const;

  // Shows an unfinished job, by its id, in place of what was shown of it. The job must stay where
  // it is until it is removed; it may change, which must be followed by another call.
  void SetUnfinished(const UnfinishedJob& job);
  void RemoveUnfinished(int64_t id);

  // Returns true if no finished job is in the counters that are shown.
  bool ShowsZero() const;
  // Keeps the shown counters at their present values until Unfreeze() (promise P6).
  void Freeze();
  void Unfreeze();

  // Returns what the view with this number shows; the same pointer as long as nothing changes.
  const std::shared_ptr<const SeriesView>& View(uint64_t version);

 private:
  SeriesView Build() const;

  SeriesLabels labels_;
  JobCounters counters_;
  std::unique_ptr<const JobCounters> frozen_;  // few are, and not for long
  std::array<uint64_t, kJobStatusCount> recent_{};
  std::map<int64_t, const UnfinishedJob*> unfinished_;
  SeriesActivity activity_;
  std::shared_ptr<const SeriesView> view_;  // null: something changed
};

}  // namespace xplenty
