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
#include "model/block_list.h"
#include "model/histogram.h"
#include "model/job_status.h"

namespace xplenty {

// Where the value of a label is taken from; kNone leaves the label out, and what it would tell
// apart is one series.
enum class LabelValue {
  kName,  // the id where the API gives no name
  kId,    // the name where it gives no id
  kNone,
};

struct LabelRule {
  std::string name;
  LabelValue value = LabelValue::kName;
  friend bool operator==(const LabelRule&, const LabelRule&) = default;
};

// How the series of an account are labelled.
struct LabelScheme {
  LabelRule account{.name = "account"};
  LabelRule package{.name = "package"};
  LabelRule cluster{.name = "cluster"};
  friend bool operator==(const LabelScheme&, const LabelScheme&) = default;
};

// Position of a finished status in the arrays below: the order of kFinishedStatuses.
constexpr size_t FinishedIndex(JobStatus status) {
  return status == JobStatus::kCompleted ? 0 : status == JobStatus::kFailed ? 1 : 2;
}

// What only ever grows: one contribution for each counted job.
struct JobCounters {
  explicit JobCounters(const std::shared_ptr<const BucketBounds>& runtime_bounds,
                       const std::shared_ptr<const BucketBounds>& wait_bounds, bool native = false)
      : runtime{Histogram(runtime_bounds, native), Histogram(runtime_bounds, native),
                Histogram(runtime_bounds, native)},
        wait(wait_bounds, native) {}

  std::array<uint64_t, kFinishedStatuses.size()> finished{};
  uint64_t records{};
  std::array<Histogram, kFinishedStatuses.size()> runtime;
  Histogram wait;
};

// The present of the unfinished jobs that have started.
struct StartedJobs {
  std::optional<double> mean_progress;  // of those that tell theirs
  Timestamp oldest_start;
  int64_t records{};
};

// One (package, cluster), as labelled; empty where the label is left out.
struct SeriesView {
  std::string package;
  std::string cluster;
  JobCounters counters;
  std::array<uint64_t, kJobStatusCount> jobs{};  // by status; finished ones inside the lookback
  std::optional<StartedJobs> started;
  std::optional<Timestamp> oldest_waiting_creation;
};

// Shared by all views that show the same; never null.
template <typename T>
using Shared = std::shared_ptr<const std::vector<T>>;

// For people to look at: an unfinished job.
struct UnfinishedJob {
  int64_t id{};
  std::string package;
  std::string cluster;
  JobStatus status{};
  std::optional<double> progress;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> started_at;
  int64_t records{};
  std::string link;
};

// Likewise, one that failed lately.
struct FailedJob {
  int64_t id{};
  std::string package;
  std::string cluster;
  Timestamp finished_at;
  std::optional<int64_t> runtime_seconds;
  std::string error;  // empty until the API has told it: the ledger keeps none
  std::string link;   // likewise
};

// Likewise, how a job of a package ended.
struct FinishedRun {
  Timestamp finished_at;
  int64_t id{};
  JobStatus status{};
  std::optional<int64_t> runtime_seconds;
  int64_t records{};
  friend bool operator==(const FinishedRun&, const FinishedRun&) = default;
};

constexpr size_t kMaxRecentRuns = 20;
constexpr size_t kMaxRecentFailures = 100;

struct PackageView {
  struct Success {
    Timestamp time;
    std::optional<int64_t> runtime_seconds;
    int64_t records{};
  };
  std::string package;
  std::optional<Success> last_success;
  std::optional<Timestamp> last_failure;
  Timestamp last_finish;
  JobStatus last_status{};
  uint64_t consecutive_failures{};
  Shared<FinishedRun> recent =
      std::make_shared<std::vector<FinishedRun>>();  // the last kMaxRecentRuns, oldest first
};

// What is behind the values of a label: the highest id seen under a name, or the latest name of an
// id.
using LabelInfo = std::pair<std::string, std::string>;
using LabelInfos = BlockList<LabelInfo>;

using SeriesList = BlockList<std::shared_ptr<const SeriesView>>;
using PackageList = BlockList<PackageView>;

// What the samples of all parts of a view depend on. It seldom changes.
struct ViewFrame {
  std::string account;
  LabelScheme labels;
  std::optional<Timestamp> count_from;
  bool counted{};        // a first refresh has completed in this ledger's life: counters are whole
  bool state_current{};  // what unfinished jobs do is known, and not too old
  friend bool operator==(const ViewFrame&, const ViewFrame&) = default;
};

// All that is known of one account at one moment; immutable, safe from any thread. What it shows of
// counters is durable. Sorted by label values. Views that follow one another share what is equal.
struct AccountView : ViewFrame {
  uint64_t version{};  // grows with each view that differs
  std::optional<Timestamp> watermark;
  SeriesList series;
  PackageList packages;
  Shared<UnfinishedJob> unfinished = std::make_shared<std::vector<UnfinishedJob>>();  // by id
  Shared<FailedJob> failures =
      std::make_shared<std::vector<FailedJob>>();  // the latest, the last one first
  LabelInfos packages_info;
  LabelInfos clusters_info;
  std::array<uint64_t, kAnomalyReasonCount> anomalies{};
  uint64_t overflow_jobs{};
  uint64_t tracked_jobs{};
  uint64_t tracked_series{};
};

}  // namespace xplenty
