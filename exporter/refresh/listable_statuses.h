#pragma once

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
  // Returns those that are not refused now.
  std::vector<JobStatus> At(SteadyTime now) const {
    std::vector<JobStatus> statuses;
    for (const JobStatus status : kListableUnfinishedStatuses) {
      const auto refused = refused_until_.find(status);
      if (refused == refused_until_.end() || now >= refused->second) statuses.push_back(status);
    }
    return statuses;
  }
  // Records that the API has refused one. Returns true if it is the first time.
  bool Refuse(JobStatus status, SteadyTime now) {
    return refused_until_.insert_or_assign(status, now + kInterval).second;
  }

 private:
  static constexpr std::chrono::hours kInterval{24};

  std::map<JobStatus, SteadyTime> refused_until_;
};

}  // namespace xplenty
