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

// The kMaxRecentFailures jobs that failed last, whatever the order in which they are told. Not
// thread-safe.
class RecentFailures {
 public:
  // A job that is told for the first time. One that has not failed is none.
  void Add(const std::string& package, const std::string& cluster, const FinishedJob& job);
  // One that may be among them: keeps its texts, or is none any more.
  void Correct(const std::string& package, const std::string& cluster, const FinishedJob& job);
  void Remove(int64_t id);
  // Takes over the texts of a job that is among them. False if they are known.
  bool Describe(const Job& job);
  // Likewise, those that others know.
  void TakeTextsFrom(const RecentFailures& others);

  // The last one first; the same pointer as long as nothing changes.
  const Shared<FailedJob>& View();

 private:
  std::deque<FailedJob> failures_;  // the last one last, where most are added
  Shared<FailedJob> view_;
};

}  // namespace xplenty
