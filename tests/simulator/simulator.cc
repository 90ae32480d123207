#include "simulator/simulator.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "simulator/truth.h"

namespace xplenty::simulator {
namespace {

using nlohmann::json;
namespace chrono = std::chrono;

constexpr size_t kLoggedRequests = 1000;
constexpr auto kLongestHang = chrono::seconds(60);

HttpAnswer JsonAnswer(const json& value) {
  HttpAnswer answer;
  answer.body = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return answer;
}

std::optional<int64_t> ParseInteger(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A query parameter of a control request; throws when it is no integer.
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
                         [&self](const HttpRequest& request) { return self.Answer(request); });
  if (!server) return server.error();
  simulator->server_ = std::move(*server);
  return simulator;
}

Simulator::Simulator(const SimulatorOptions& options)
    : clock_(real_clock_,
             options.start_time.value_or(chrono::floor<chrono::seconds>(real_clock_.Wall())),
             options.speed),
      store_(options.life, clock_.Now()),
      list_jobs_(options.api, options.life.seed),
      random_(options.life.seed, 11) {}

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

HttpAnswer Simulator::Answer(const HttpRequest& request) {
  if (!request.path.starts_with("/_")) return AnswerList(request);
  try {
    return AnswerControl(request);
  } catch (const std::exception& error) {  // bad JSON, or JSON of another shape
    return MessageAnswer(400, error.what());
  }
}

HttpAnswer Simulator::AnswerList(const HttpRequest& request) {
  MutexLock lock(mutex_);
  const bool listed = ListJobsHandler::IsListPath(request.path) && request.method == "GET";
  if (!listed) return list_jobs_.Answer(request, store_, faults_, Now());

  const uint64_t epoch = requests_epoch_;
  const uint64_t number = requests_total_++;
  requests_.push_back({request.query, request.user_agent, list_jobs_.IsAuthorized(request)});
  if (requests_.size() > kLoggedRequests) requests_.pop_front();

  const Faults faults = TakeFaults();
  HttpAnswer answer;
  if (SitOut(faults, lock)) {
    answer = list_jobs_.Answer(request, store_, faults, Now());
    answer.drip = faults.slow_bytes;
  } else {
    answer.unanswered = true;
  }
  const uint64_t oldest = requests_total_ - requests_.size();
  if (!answer.unanswered && epoch == requests_epoch_ && number >= oldest) {
    requests_[number - oldest].status = answer.status;
  }
  return answer;
}

Faults Simulator::TakeFaults() {
  if (faults_.for_requests && (*faults_.for_requests)-- <= 0) faults_ = {};
  return faults_;
}

bool Simulator::SitOut(const Faults& faults, MutexLock& lock) {
  const uint64_t version = faults_version_;
  const auto wait = [&](auto duration) {
    const auto until = chrono::steady_clock::now() + duration;
    while (!stopping_ && version == faults_version_) {
      if (changed_.wait_until(lock, until) == std::cv_status::timeout) return false;
    }
    return !stopping_;
  };
  if (faults.latency.count() > 0) wait(faults.latency);
  if (faults.hang && !wait(kLongestHang)) return false;
  return !stopping_ && !random_.Chance(faults.close);
}

Timestamp Simulator::Now() {
  const Timestamp now = clock_.Now();
  if (clock_.speed() > 0) store_.Advance(now);
  return now;
}

HttpAnswer Simulator::AnswerControl(const HttpRequest& request) {
  MutexLock lock(mutex_);
  const std::string& path = request.path;
  if (path == "/_healthy") return JsonAnswer({{"healthy", true}});
  if (path == "/_clock") return Clock(request);
  if (path == "/_jobs" || path.starts_with("/_jobs/")) return Jobs(request);
  if (path == "/_faults") return SetFaults(request);
  if (path == "/_requests") return Requests(request);
  if (path == "/_truth") return Truth(request);
  return MessageAnswer(404, "Not found");
}

HttpAnswer Simulator::Clock(const HttpRequest& request) {
  if (request.method == "POST") {
    const json step = json::parse(request.body);
    Timestamp now = Now();
    if (step.contains("speed")) clock_.SetSpeed(std::max(0.0, step.at("speed").get<double>()));
    if (step.contains("set")) {
      const auto time = ParseIso8601(step.at("set").get<std::string>());
      if (!time) return MessageAnswer(400, "set is not an ISO 8601 time");
      now = *time;
    }
    now += chrono::seconds(step.value("advance_seconds", int64_t{0}));
    clock_.Set(now);
    if (step.value("live", false)) store_.Advance(now);
  }
  return JsonAnswer({{"now", FormatIso8601(Now())}});
}

HttpAnswer Simulator::Jobs(const HttpRequest& request) {
  const Timestamp now = Now();
  if (request.method == "POST" && request.path == "/_jobs") {
    const json body = json::parse(request.body);
    const json list = body.is_array() ? body : json::array({body});
    json ids = json::array();
    for (const json& partial : list) ids.push_back(store_.Upsert(partial, now));
    return JsonAnswer(ids);
  }
  if (request.method == "DELETE" && request.path != "/_jobs") {
    const auto id = ParseInteger(std::string_view(request.path).substr(7));
    if (id && store_.Remove(*id)) return JsonAnswer({{"deleted", *id}});
    return MessageAnswer(404, "There is no such job");
  }
  return MessageAnswer(405, "Method not allowed");
}

HttpAnswer Simulator::SetFaults(const HttpRequest& request) {
  if (request.method == "GET") return MessageAnswer(405, "Method not allowed");
  faults_ = request.method == "POST" ? ParseFaults(json::parse(request.body)) : Faults{};
  ++faults_version_;
  changed_.notify_all();
  return JsonAnswer(json::object());
}

HttpAnswer Simulator::Requests(const HttpRequest& request) {
  if (request.method == "DELETE") {
    requests_.clear();
    requests_total_ = 0;
    ++requests_epoch_;
  }
  json list = json::array();
  for (const LoggedRequest& logged : requests_) {
    list.push_back({{"query", logged.query},
                    {"user_agent", logged.user_agent},
                    {"authorization_ok", logged.authorization_ok},
                    {"status", logged.status}});
  }
  return JsonAnswer({{"total", requests_total_}, {"list", list}});
}

HttpAnswer Simulator::Truth(const HttpRequest& request) {
  TruthOptions options;
  options.now = ToUnix(Now());
  options.lookback = IntegerParameter(request, "lookback", options.lookback);
  options.count_from = IntegerParameter(request, "count_from", options.count_from);
  std::vector<json> rows;
  for (const auto& [id, job] : store_.jobs()) {
    if (!job.raw) rows.push_back(RenderJob(job, store_, list_jobs_.row_options()));
  }
  return JsonAnswer(ComputeTruth(rows, options));
}

}  // namespace xplenty::simulator
