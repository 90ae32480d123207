#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "base/timestamp.h"
#include "simulator/faults.h"
#include "simulator/http_server.h"
#include "simulator/job_store.h"
#include "simulator/list_jobs_handler.h"
#include "simulator/random.h"
#include "simulator/rate_limit.h"
#include "simulator/request_log.h"
#include "simulator/truth.h"

namespace xplenty::simulator {

// Parses `accounts`, each ID or ID:KEY; an account without a key gets `common_key`. A duplicate id,
// or an id that cannot stand in a path, is an error.
Result<std::vector<AccountOptions>> ParseAccounts(const std::vector<std::string>& accounts,
                                                  const std::string& common_key);

// The state of one account: jobs, faults, and the log of requests. Not thread-safe; the simulator's
// mutex guards it.
class Account {
 public:
  // A list request that has no response yet.
  struct ActiveRequest {
    RequestLog::Ticket ticket;
    Faults faults;
    uint64_t faults_version = 0;
  };

  // Creates the account with the jobs of the 24 hours before `now`. `rate_limit` must outlive it.
  Account(const AccountOptions& account, const WorkloadOptions& workload, bool bare,
          RateLimit& rate_limit, Timestamp now);

  const std::string& id() const { return id_; }
  JobStore& store() { return store_; }
  RequestLog& requests() { return requests_; }
  bool IsAuthorized(const HttpRequest& request) const { return list_jobs_.IsAuthorized(request); }

  // Logs a list request and counts it against `for_requests` of the faults.
  ActiveRequest Begin(const HttpRequest& request);
  // Decides at random, by the faults, whether the connection closes without a response.
  bool ClosesConnection(const ActiveRequest& active) { return random_.Chance(active.faults.close); }
  // Handles any request but a control request, with the faults as they are now.
  HttpResponse Handle(const HttpRequest& request, Timestamp now);

  void SetFaults(const Faults& faults);
  uint64_t faults_version() const { return faults_version_; }  // grows with each SetFaults()

  nlohmann::json Truth(const TruthOptions& options) const;

 private:
  std::string id_;
  JobStore store_;
  ListJobsHandler list_jobs_;
  Random random_;
  Faults faults_;
  uint64_t faults_version_ = 0;
  RequestLog requests_;
};

}  // namespace xplenty::simulator
