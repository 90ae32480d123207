#include "simulator/simulator.h"

#include <algorithm>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "simulator/list_query.h"
#include "simulator/truth.h"

namespace xplenty::simulator {
namespace {

using nlohmann::json;
namespace chrono = std::chrono;

constexpr int64_t kJobIdsOfAnAccount = 1'000'000'000;

HttpResponse JsonResponse(const json& value) {
  HttpResponse response;
  response.body = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return response;
}

// An integer query parameter of a control request; throws if it is not an integer.
int64_t IntegerParameter(const HttpRequest& request, std::string_view name, int64_t otherwise) {
  for (const auto& [key, value] : request.parameters) {
    if (key != name) continue;
    const auto number = ParseInteger(value);
    if (!number) throw std::invalid_argument(key + " is not an integer");
    return *number;
  }
  return otherwise;
}

}  // namespace

Result<std::unique_ptr<Simulator>> Simulator::Start(const SimulatorOptions& options) {
  const size_t colon = options.listen_address.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : ParseInteger(std::string_view(options.listen_address).substr(colon + 1));
  if (!port || *port < 0 || *port > 65'535) {
    return Error{ErrorCode::kInvalidArgument,
                 "listen address " + options.listen_address + " is not host:port"};
  }
  std::unique_ptr<Simulator> simulator(new Simulator(options));
  simulator->host_ = options.listen_address.substr(0, colon);
  Simulator& self = *simulator;
  auto server =
      HttpServer::Listen(self.host_, static_cast<int>(*port),
                         [&self](const HttpRequest& request) { return self.Handle(request); });
  if (!server) return server.error();
  simulator->server_ = std::move(*server);
  return simulator;
}

Simulator::Simulator(const SimulatorOptions& options)
    : clock_(real_clock_,
             options.start_time.value_or(chrono::floor<chrono::seconds>(real_clock_.Wall())),
             options.speed) {
  WorkloadOptions workload = options.workload;
  const Timestamp now = clock_.Now();
  for (const AccountOptions& account : options.accounts) {
    auto [limit, is_new] = rate_limits_.try_emplace(account.api_key, options.rate_limit);
    accounts_.emplace_back(account, workload, options.bare, limit->second, now);
    ++workload.seed;
    workload.first_job_id += kJobIdsOfAnAccount;
  }
}

Simulator::~Simulator() {
  Stop();
}

void Simulator::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (server_) server_->Stop();
}

HttpResponse Simulator::Handle(const HttpRequest& request) {
  if (!request.path.starts_with("/_")) return HandleList(request);
  try {
    return HandleControl(request);
  } catch (const std::exception& error) {  // bad JSON, or JSON of another structure
    return MessageResponse(400, error.what());
  }
}

HttpResponse Simulator::HandleList(const HttpRequest& request) {
  MutexLock lock(mutex_);
  Account& account = AccountOf(request);
  const bool listed = ListJobsHandler::IsListPath(request.path) && request.method == "GET";
  if (!listed) return account.Handle(request, Now(account));

  const Account::ActiveRequest active = account.Begin(request);
  HttpResponse response;
  if (WaitForFaults(account, active, lock)) {
    response = account.Handle(request, Now(account));
    response.drip = active.faults.slow_bytes;
    account.requests().RecordStatus(active.ticket, response.status);
  } else {
    response.no_response = true;
  }
  return response;
}

Account* Simulator::Find(const std::string& id) {
  const auto found = std::ranges::find(accounts_, id, &Account::id);
  return found == accounts_.end() ? nullptr : &*found;
}

Account& Simulator::AccountOf(const HttpRequest& request) {
  if (Account* account = Find(request.path.substr(1, request.path.find('/', 1) - 1))) {
    return *account;
  }
  const auto authorized = std::ranges::find_if(
      accounts_, [&](const Account& account) { return account.IsAuthorized(request); });
  return authorized == accounts_.end() ? accounts_.front() : *authorized;
}

bool Simulator::WaitForFaults(Account& account, const Account::ActiveRequest& active,
                              MutexLock& lock) {
  const auto faulty = [&] {
    return !stopping_ && active.faults_version == account.faults_version();
  };
  const auto until = chrono::steady_clock::now() + active.faults.latency;
  while (faulty() && chrono::steady_clock::now() < until) changed_.wait_until(lock, until);
  while (faulty() && active.faults.hang) changed_.wait(lock);
  return !stopping_ && !account.ClosesConnection(active);
}

Timestamp Simulator::Now(Account& account) {
  const Timestamp now = clock_.Now();
  if (clock_.speed() > 0) account.store().Advance(now);
  return now;
}

HttpResponse Simulator::HandleControl(const HttpRequest& request) {
  const MutexLock lock(mutex_);
  const std::string& path = request.path;
  if (path == "/_healthy") return JsonResponse({{"healthy", true}});
  if (path == "/_clock") return Clock(request);

  const auto id =
      std::ranges::find(request.parameters, "account", [](const auto& p) { return p.first; });
  if (id == request.parameters.end()) return HandleAccountControl(accounts_.front(), request);
  if (Account* account = Find(id->second)) return HandleAccountControl(*account, request);
  const bool may_be_all =
      path == "/_faults" || (path == "/_requests" && request.method == "DELETE");
  if (id->second != "*" || !may_be_all) {
    std::string known;
    for (const Account& account : accounts_) known += " " + account.id();
    return MessageResponse(404, "There is no account " + id->second + " among" + known);
  }
  HttpResponse response;
  for (Account& account : accounts_) response = HandleAccountControl(account, request);
  return response;
}

HttpResponse Simulator::HandleAccountControl(Account& account, const HttpRequest& request) {
  const std::string& path = request.path;
  if (path == "/_jobs" || path.starts_with("/_jobs/")) return Jobs(account, request);
  if (path == "/_faults") return SetFaults(account, request);
  if (path == "/_truth") return Truth(account, request);
  if (path != "/_requests") return MessageResponse(404, "Not found");
  if (request.method == "DELETE") account.requests().Clear();
  return JsonResponse(account.requests().Render());
}

HttpResponse Simulator::Clock(const HttpRequest& request) {
  if (request.method == "POST") {
    const json step = json::parse(request.body);
    for (Account& account : accounts_) Now(account);
    Timestamp now = clock_.Now();
    if (step.contains("speed")) clock_.SetSpeed(std::max(0.0, step.at("speed").get<double>()));
    if (step.contains("set")) {
      const auto time = ParseIso8601(step.at("set").get<std::string>());
      if (!time) return MessageResponse(400, "set is not an ISO 8601 time");
      now = *time;
    }
    now += chrono::seconds(step.value("advance_seconds", int64_t{0}));
    clock_.Set(now);
    if (step.value("live", false)) {
      for (Account& account : accounts_) account.store().Advance(now);
    }
  }
  return JsonResponse({{"now", FormatIso8601(clock_.Now())}});
}

HttpResponse Simulator::Jobs(Account& account, const HttpRequest& request) {
  const Timestamp now = Now(account);
  if (request.method == "POST" && request.path == "/_jobs") {
    const json body = json::parse(request.body);
    const json list = body.is_array() ? body : json::array({body});
    json ids = json::array();
    for (const json& partial : list) ids.push_back(account.store().Upsert(partial, now));
    return JsonResponse(ids);
  }
  if (request.method == "DELETE" && request.path != "/_jobs") {
    const auto id = ParseInteger(std::string_view(request.path).substr(7));
    if (id && account.store().Remove(*id)) return JsonResponse({{"deleted", *id}});
    return MessageResponse(404, "There is no such job");
  }
  return MessageResponse(405, "Method not allowed");
}

HttpResponse Simulator::SetFaults(Account& account, const HttpRequest& request) {
  if (request.method == "GET") return MessageResponse(405, "Method not allowed");
  account.SetFaults(request.method == "POST" ? ParseFaults(json::parse(request.body)) : Faults{});
  changed_.notify_all();
  return JsonResponse(json::object());
}

HttpResponse Simulator::Truth(Account& account, const HttpRequest& request) {
  TruthOptions options;
  options.now = ToUnix(Now(account));
  options.lookback = IntegerParameter(request, "lookback", options.lookback);
  options.count_from = IntegerParameter(request, "count_from", options.count_from);
  return JsonResponse(account.Truth(options));
}

}  // namespace xplenty::simulator
