#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/timestamp.h"
#include "model/anomaly.h"
#include "model/chunked_list.h"
#include "model/histogram.h"
#include "model/job_status.h"
#include "model/label_scheme.h"

namespace xplenty {

// The counters of one series, to which each counted job adds once. They never fall.
struct JobCounters {
  // Makes counters at zero. With `native` the histograms have exponential buckets, too.
  explicit JobCounters(const std::shared_ptr<const BucketBounds>& runtime_bounds,
                       const std::shared_ptr<const BucketBounds>& wait_bounds, bool native = false)
      : runtime{Histogram(runtime_bounds, native), Histogram(runtime_bounds, native),
                Histogram(runtime_bounds, native)},
        wait(wait_bounds, native) {}

  std::array<uint64_t, kFinishedStatuses.size()> finished{};  // Jobs, by FinishedIndex().
  uint64_t records{};                                         // Records that the jobs have written.
  std::array<Histogram, kFinishedStatuses.size()> runtime;    // Start to finish.
  Histogram wait;                                             // Creation to start.
};

// The unfinished jobs of one series that have started; there is at least one.
struct StartedJobs {
  std::optional<double> mean_progress{};  // 0 to 1, of the jobs whose progress the API gives.
  Timestamp oldest_start{};
  int64_t records{};  // Records that the jobs have written so far.
};

// One series: a package on a cluster, by the values of their labels. A label that is left out has
// an empty value.
struct SeriesView {
  std::string package{};
  std::string cluster{};
  JobCounters counters;
  // Jobs by the number of their status; finished ones are those inside the lookback.
  std::array<uint64_t, kJobStatusCount> jobs{};
  std::optional<StartedJobs> started{};
  std::optional<Timestamp> oldest_waiting_creation{};  // Of the jobs that have not started.
};

// A list that all views share which show the same; never null.
template <typename T>
using Shared = std::shared_ptr<const std::vector<T>>;

// One unfinished job, for people to look at. The texts may be hostile; package and cluster are as
// the labels of its series.
struct UnfinishedJob {
  int64_t id{};
  std::string package{};
  std::string cluster{};
  JobStatus status{};
  std::optional<double> progress{};  // 0 to 1
  std::optional<Timestamp> created_at{};
  std::optional<Timestamp> started_at{};
  int64_t records{};   // Records that the job has written so far.
  std::string link{};  // The job's page in Integrate.io; empty if there is none.
  friend bool operator==(const UnfinishedJob&, const UnfinishedJob&) = default;
};

// One job that failed lately, for people to look at.
struct FailedJob {
  int64_t id{};
  std::string package{};
  std::string cluster{};
  Timestamp finished_at{};
  std::optional<int64_t> runtime_seconds{};  // Absent if the job had not started.
  // The ledger's file has neither of these: they are empty until the API sends the job again.
  std::string error{};
  std::string link{};
};

// How one job of a package ended, for people to look at.
struct FinishedRun {
  Timestamp finished_at{};
  int64_t id{};
  JobStatus status{};  // One of kFinishedStatuses.
  std::optional<int64_t> runtime_seconds{};
  int64_t records{};
  friend bool operator==(const FinishedRun&, const FinishedRun&) = default;
};

constexpr size_t kMaxRecentRuns = 20;       // The longest list of runs of a package.
constexpr size_t kMaxRecentFailures = 100;  // The longest list of failed jobs of an account.

// How the finished jobs of one package went. "Last" is by finish time, then by id.
struct PackageView {
  std::string package{};
  std::optional<FinishedRun> last_success{};  // The last completed job.
  std::optional<Timestamp> last_failure{};
  Timestamp last_finish{};
  JobStatus last_status{};          // One of kFinishedStatuses.
  uint64_t consecutive_failures{};  // Failed jobs since the last completed one.
  Shared<FinishedRun> recent =      // The last kMaxRecentRuns, the oldest first.
      std::make_shared<std::vector<FinishedRun>>();
};

// The value of a label and what it stands for: the highest id seen under a name, or the latest name
// of an id.
using LabelInfo = std::pair<std::string, std::string>;
using LabelInfos = ChunkedList<LabelInfo>;

using SeriesList = ChunkedList<std::shared_ptr<const SeriesView>>;
using PackageList = ChunkedList<PackageView>;

// The part of a view that all samples depend on. It changes rarely.
struct ViewHeader {
  std::string account;  // The value of the account's label.
  LabelScheme labels;
  std::optional<Timestamp> count_from;  // Jobs that finished earlier do not count.
  bool initial_sync_complete{};  // The first refresh of this ledger has completed: counters are
                                 // whole.
  bool state_current{};          // The state of unfinished jobs is known, and not too old.
  friend bool operator==(const ViewHeader&, const ViewHeader&) = default;
};

// Everything that is known of one account at one moment. Immutable, safe from any thread. Its
// counters are on disk. Lists are sorted by label values where no other order is given; views that
// follow one another share the parts that are equal. Times are of the API's clock.
struct AccountView : ViewHeader {
  uint64_t version{};                  // It grows with each view that differs from the one before.
  std::optional<Timestamp> watermark;  // The highest updated_at that is fully processed.
  SeriesList series;
  PackageList packages;
  Shared<UnfinishedJob> unfinished =  // By id.
      std::make_shared<std::vector<UnfinishedJob>>();
  Shared<FailedJob> failures =  // The last kMaxRecentFailures, the last one first.
      std::make_shared<std::vector<FailedJob>>();
  LabelInfos packages_info;
  LabelInfos clusters_info;
  std::array<uint64_t, kAnomalyReasonCount> anomalies{};  // By the reason's number.
  uint64_t overflow_jobs{};  // Finished jobs that the series cap folds into "other".
  uint64_t tracked_jobs{};   // Jobs in memory: unfinished ones, and finished ones of the lookback.
  // Samples, each package and cluster at its largest, as --metrics.max-series counts them.
  uint64_t tracked_series{};  // In use or in reserve.
  uint64_t max_series{};      // The cap.
  uint64_t created_series{};  // Of packages on clusters that were never seen before.
  uint64_t evicted_series{};  // Of idle packages on clusters, to make room for others.
  // Those created in the last 24 hours, if most jobs of this time made new ones; else 0.
  uint64_t daily_new_series{};
};

}  // namespace xplenty
