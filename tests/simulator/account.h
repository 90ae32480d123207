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

// Each of `accounts` is ID or ID:KEY; one without a key takes `common_key`. An error for an id that
// is there twice, or could not stand in a path.
Result<std::vector<AccountOptions>> ParseAccounts(const std::vector<std::string>& accounts,
                                                  const std::string& common_key);

// What one account has for its own: jobs, faults, and the log of requests. Not safe from several
// threads; the simulator's mutex guards it.
class Account {
 public:
  // A list request on its way to an answer.
  struct Arrival {
    RequestLog::Ticket ticket;
    Faults faults;
    uint64_t faults_version = 0;
  };

  // Has lived for the 24 hours before `now`. `rate_limit` must outlive it.
  Account(const AccountOptions& account, const LifeOptions& life, bool bare, RateLimit& rate_limit,
          Timestamp now);

  const std::string& id() const { return id_; }
  JobStore& store() { return store_; }
  RequestLog& requests() { return requests_; }
  bool IsAuthorized(const HttpRequest& request) const { return list_jobs_.IsAuthorized(request); }

  // Logs a list request and counts its faults off.
  Arrival Arrive(const HttpRequest& request);
  // Draws whether the connection closes without an answer.
  bool Drops(const Arrival& arrival) { return random_.Chance(arrival.faults.close); }
  // To any request that is no control request, by the faults of the moment.
  HttpAnswer Answer(const HttpRequest& request, Timestamp now);

  void SetFaults(const Faults& faults);
  uint64_t faults_version() const { return faults_version_; }  // SetFaults() raises it

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
