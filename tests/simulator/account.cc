#include "simulator/account.h"

#include <set>

#include <nlohmann/json.hpp>

#include "simulator/job_json.h"

namespace xplenty::simulator {

Result<std::vector<AccountOptions>> ParseAccounts(const std::vector<std::string>& accounts,
                                                  const std::string& common_key) {
  std::vector<AccountOptions> parsed;
  std::set<std::string> ids;
  for (const std::string& text : accounts) {
    const size_t colon = text.find(':');
    AccountOptions account{.id = text.substr(0, colon), .api_key = common_key};
    if (colon != std::string::npos) account.api_key = text.substr(colon + 1);
    if (account.id.empty() || account.id.front() == '_' ||
        account.id.find_first_of("/*") != std::string::npos) {
      return Error{ErrorCode::kInvalidArgument,
                   "account '" + account.id + "': an id has no / and no *, and begins with no _"};
    }
    if (!ids.insert(account.id).second) {
      return Error{ErrorCode::kInvalidArgument, "account " + account.id + " is there twice"};
    }
    parsed.push_back(std::move(account));
  }
  return parsed;
}

Account::Account(const AccountOptions& account, const LifeOptions& life, bool bare,
                 RateLimit& rate_limit, Timestamp now)
    : id_(account.id),
      store_(life, now),
      list_jobs_(account, bare, rate_limit, life.seed),
      random_(life.seed, 11) {}

Account::Arrival Account::Arrive(const HttpRequest& request) {
  if (faults_.for_requests && (*faults_.for_requests)-- <= 0) faults_ = {};
  Arrival arrival{.ticket = requests_.Add(request.query, request.user_agent, IsAuthorized(request)),
                  .faults = faults_,
                  .faults_version = faults_version_};
  if (faults_.hang_after && (*faults_.hang_after)-- <= 0) arrival.faults.hang = true;
  return arrival;
}

HttpAnswer Account::Answer(const HttpRequest& request, Timestamp now) {
  return list_jobs_.Answer(request, store_, faults_, now);
}

void Account::SetFaults(const Faults& faults) {
  faults_ = faults;
  ++faults_version_;
}

nlohmann::json Account::Truth(const TruthOptions& options) const {
  std::vector<nlohmann::json> rows;
  for (const auto& [id, job] : store_.jobs()) {
    if (!job.raw) rows.push_back(RenderJob(job, store_, list_jobs_.row_options()));
  }
  return ComputeTruth(rows, options);
}

}  // namespace xplenty::simulator
