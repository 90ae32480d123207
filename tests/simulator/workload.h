#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/timestamp.h"
#include "simulator/random.h"

namespace xplenty::simulator {

struct WorkloadOptions {
  uint64_t seed = 1;
  int64_t jobs = 300;  // per 24 hours
  int64_t packages = 12;
  bool reuse_clusters = false;  // some clusters at a time, or one per job
  int64_t clusters = 4;         // at a time, if they are reused
  int64_t first_job_id = 1;
};

struct Step {
  Timestamp at{};
  std::string status;
};

// Everything that will happen to one job. Its row depends on the plan and the time only.
struct Plan {
  Timestamp created{};
  std::optional<Timestamp> started;
  Timestamp finished{};  // when the work ends; the row shows it with the last step, 0..3 s later
  int64_t full_seconds = 1;      // how long the work takes if nothing ends it early
  std::vector<Step> steps;       // ascending
  std::vector<int64_t> records;  // per output, if the job completes
  int64_t package_id = 0;
  int64_t cluster_id = 0;
  bool null_failed_at = false;
  bool zero_progress = false;  // the failed job has progress 0
  std::string errors;
};

// Decides when jobs arrive and what happens to them: a pure function of the seed.
class Workload {
 public:
  Workload(const WorkloadOptions& options, Timestamp origin);

  Plan PlanJob(uint64_t number, Timestamp created) const;
  // Seconds between the arrival of the previous job and that of job `number`.
  double Gap(uint64_t number) const;
  // The cluster of a job that was posted without one.
  int64_t FirstCluster(Timestamp time) const;

  // The name, or nothing for ids that are not the simulator's.
  std::optional<std::string> PackageName(int64_t id) const;
  std::optional<std::string> ClusterName(int64_t id) const;

  static constexpr int64_t kFirstPackage = 101;
  static constexpr int64_t kFirstCluster = 5000;

 private:
  struct Package {
    std::string name;
    double typical_seconds = 0;
    double failure_rate = 0;
    int64_t typical_records = 0;
  };

  int64_t PackageIndex(Random& random) const;
  int64_t ClusterAlive(int64_t slot, Timestamp time) const;

  WorkloadOptions options_;
  Timestamp origin_;
  std::vector<Package> packages_;
};

}  // namespace xplenty::simulator
