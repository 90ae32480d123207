#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/timestamp.h"
#include "ledger/finished_job.h"
#include "model/account_view.h"
#include "model/job.h"

namespace xplenty {

// The kMaxRecentFailures jobs that failed last, in any order of addition. Not
// thread-safe.
class RecentFailures {
 public:
  // Adds a job that is new, if it has failed and is late enough.
  void Add(const std::string& package, const std::string& cluster, const FinishedJob& job);
  // Puts a corrected job in its place, with the texts it has; removes it if it has not failed.
  void Correct(const std::string& package, const std::string& cluster, const FinishedJob& job);
  // Removes a job, if it is among them.
  void Remove(int64_t id);
  // Takes over the texts for people of a job. Returns false if that changes nothing.
  bool Describe(const Job& job);
  // Takes over the texts that others know of the same jobs.
  void TakeTextsFrom(const RecentFailures& others);

  // Returns them, the last one first; the same pointer as long as nothing changes.
  const Shared<FailedJob>& View();

 private:
  std::deque<FailedJob> failures_;  // the last one last, where most are added
  Shared<FailedJob> view_;
};

}  // namespace xplenty
