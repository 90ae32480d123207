#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/timestamp.h"
#include "simulator/faults.h"
#include "simulator/http_server.h"
#include "simulator/job_store.h"
#include "simulator/list_jobs_handler.h"
#include "simulator/simulated_clock.h"

namespace xplenty::simulator {

struct SimulatorOptions {
  std::string listen_address = "127.0.0.1:0";
  LifeOptions life;
  ApiOptions api;
  double speed = 1;                     // 0: only scripted steps move the clock
  std::optional<Timestamp> start_time;  // of the simulated clock; default: the real now
};

// The API of one account over HTTP, with the control endpoints that README.md describes.
// Everything happens when a request arrives; one mutex guards all of it.
class Simulator {
 public:
  static Result<std::unique_ptr<Simulator>> Start(const SimulatorOptions& options);
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  int port() const { return server_->port(); }
  std::string address() const { return host_ + ":" + std::to_string(port()); }
  // Ends at once, even with hanging requests.
  void Stop();

 private:
  struct LoggedRequest {
    std::string query;
    std::string user_agent;
    bool authorization_ok = false;
    int status = 0;  // 0: no answer yet, or never
  };

  explicit Simulator(const SimulatorOptions& options);

  HttpAnswer Answer(const HttpRequest& request);
  HttpAnswer AnswerList(const HttpRequest& request);
  HttpAnswer AnswerControl(const HttpRequest& request);
  HttpAnswer Clock(const HttpRequest& request) REQUIRES(mutex_);
  HttpAnswer Jobs(const HttpRequest& request) REQUIRES(mutex_);
  HttpAnswer SetFaults(const HttpRequest& request) REQUIRES(mutex_);
  HttpAnswer Requests(const HttpRequest& request) REQUIRES(mutex_);
  HttpAnswer Truth(const HttpRequest& request) REQUIRES(mutex_);

  // The moment, after the life has gone on until then.
  Timestamp Now() REQUIRES(mutex_);
  // Sets the faults of this request and counts it off.
  Faults TakeFaults() REQUIRES(mutex_);
  // Waits as the faults say; false when the request must stay without an answer.
  bool SitOut(const Faults& faults, MutexLock& lock) REQUIRES(mutex_);

  std::string host_;
  SystemClock real_clock_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  SimulatedClock clock_ GUARDED_BY(mutex_);
  JobStore store_ GUARDED_BY(mutex_);
  ListJobsHandler list_jobs_ GUARDED_BY(mutex_);
  Random random_ GUARDED_BY(mutex_);
  Faults faults_ GUARDED_BY(mutex_);
  uint64_t faults_version_ GUARDED_BY(mutex_) = 0;
  std::deque<LoggedRequest> requests_ GUARDED_BY(mutex_);
  uint64_t requests_total_ GUARDED_BY(mutex_) = 0;
  uint64_t requests_epoch_ GUARDED_BY(mutex_) = 0;  // DELETE /_requests begins a new one
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::unique_ptr<HttpServer> server_;  // last: its threads use all of the above
};

}  // namespace xplenty::simulator
