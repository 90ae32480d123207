#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/timestamp.h"

namespace xplenty::simulator {

struct LifeOptions {
  uint64_t seed = 1;
  int64_t jobs = 300;  // per 24 hours
  int64_t packages = 12;
  int64_t clusters = 4;
  int64_t first_job_id = 1;
};

struct Step {
  Timestamp at{};
  std::string status;
};

// All that will happen to one job. Its rows follow from the plan and the time alone.
struct Plan {
  Timestamp created{};
  std::optional<Timestamp> started;
  Timestamp finished{};      // the work's end; the row shows it with the last step, 0..3 s later
  int64_t full_seconds = 1;  // what the work takes when nothing ends it early
  std::vector<Step> steps;   // ascending
  std::vector<int64_t> records;  // per output, of a job that completes
  int64_t package_id = 0;
  int64_t cluster_id = 0;
  bool null_failed_at = false;
  bool zero_progress = false;  // a failed job that forgets how far it came
  std::string errors;
};

// How jobs come and go: a pure function of the seed.
class Life {
 public:
  Life(const LifeOptions& options, Timestamp origin);

  Plan PlanJob(uint64_t number, Timestamp created) const;
  // Seconds between the arrivals of job `number` and the one before it.
  double Gap(uint64_t number) const;
  int64_t ClusterAlive(int64_t slot, Timestamp time) const;

  // Nothing for ids that are not ours.
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

  LifeOptions options_;
  Timestamp origin_;
  std::vector<Package> packages_;
};

}  // namespace xplenty::simulator
