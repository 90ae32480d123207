#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

#include "base/clock.h"
#include "model/job_status.h"

namespace xplenty {

// The unfinished statuses that the API lists jobs by. It may refuse one, as older versions know
// fewer; that one is left out for a day, and then tried again. Pure; not thread-safe.
class ListableStatuses {
 public:
  enum class Outcome {
    kSuspected,    // It was refused for the first time, perhaps by chance.
    kLeftOut,      // It was refused twice in a row.
    kStillRefused  // The same, a day after it was left out.
  };

  // Returns those that are not left out: first the one that any API knows.
  std::vector<JobStatus> At(SteadyTime now) const {
    std::vector<JobStatus> statuses;
    for (const JobStatus status : kListableUnfinishedStatuses) {
      const auto refused = refused_.find(status);
      if (refused == refused_.end() || now >= refused->second.until) statuses.push_back(status);
    }
    std::ranges::stable_partition(statuses,
                                  [](JobStatus status) { return status == JobStatus::kRunning; });
    return statuses;
  }
  // Returns those whose unfinished jobs a refresh must list, of the statuses of jobs that it has
  // not seen otherwise. A running job changes without a word, so it is always due. One that waits
  // gets a new `updated_at` when it does not any more, and is due once a minute.
  std::vector<JobStatus> Due(const std::vector<JobStatus>& not_seen, SteadyTime now) {
    const bool all = now >= next_waiting_;
    if (all) next_waiting_ = now + kWaitingInterval;
    std::vector<JobStatus> due = At(now);
    std::erase_if(due, [&](JobStatus status) {
      const bool seen = std::ranges::find(not_seen, status) == not_seen.end();
      return seen || !(all || status == JobStatus::kRunning);
    });
    return due;
  }

  // Record that the API has refused one, or has listed its jobs.
  Outcome Refuse(JobStatus status, SteadyTime now) {
    Refusal& refusal = refused_[status];
    if (++refusal.times == 1) return Outcome::kSuspected;
    refusal.until = now + kInterval;
    return refusal.times == 2 ? Outcome::kLeftOut : Outcome::kStillRefused;
  }
  void Accept(JobStatus status) { refused_.erase(status); }

 private:
  static constexpr std::chrono::hours kInterval{24};
  static constexpr std::chrono::minutes kWaitingInterval{1};

  struct Refusal {
    int times = 0;  // in a row
    SteadyTime until{};
  };
  std::map<JobStatus, Refusal> refused_;
  SteadyTime next_waiting_{};
};

}  // namespace xplenty
