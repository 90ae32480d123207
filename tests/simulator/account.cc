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
                   "account '" + account.id + "': an id must not contain / or *, nor begin with _"};
    }
    if (!ids.insert(account.id).second) {
      return Error{ErrorCode::kInvalidArgument, "account " + account.id + " is given twice"};
    }
    parsed.push_back(std::move(account));
  }
  return parsed;
}

Account::Account(const AccountOptions& account, const WorkloadOptions& workload, bool bare,
                 RateLimit& rate_limit, Timestamp now)
    : id_(account.id),
      store_(workload, now),
      list_jobs_(account, bare, rate_limit, workload.seed),
      random_(workload.seed, 11) {}

Account::ActiveRequest Account::Begin(const HttpRequest& request) {
  if (faults_.for_requests && (*faults_.for_requests)-- <= 0) faults_ = {};
  ActiveRequest active{
      .ticket = requests_.Add(request.query, request.user_agent, IsAuthorized(request)),
      .faults = faults_,
      .faults_version = faults_version_};
  if (faults_.hang_after && (*faults_.hang_after)-- <= 0) active.faults.hang = true;
  return active;
}

HttpResponse Account::Handle(const HttpRequest& request, Timestamp now) {
  return list_jobs_.Handle(request, store_, faults_, now);
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
