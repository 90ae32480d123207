#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/timestamp.h"
#include "simulator/account.h"
#include "simulator/http_server.h"
#include "simulator/list_jobs_handler.h"
#include "simulator/rate_limit.h"
#include "simulator/simulated_clock.h"
#include "simulator/workload.h"

namespace xplenty::simulator {

struct SimulatorOptions {
  std::string listen_address = "127.0.0.1:0";
  std::vector<AccountOptions> accounts = {{}};  // at least one, with different ids
  WorkloadOptions workload;                     // seed and job ids differ by the account's position
  bool bare = false;                            // as in RowOptions
  int64_t rate_limit = 5000;                    // per key and hour of the simulated clock
  double speed = 1;                             // with 0 only requests move the clock
  std::optional<Timestamp> start_time;          // of the simulated clock; the default is now
};

// The API of one or more accounts over HTTP, with the control endpoints of README.md. Simulated
// time advances when a request arrives. One mutex guards everything, but it is not held while a
// request waits or a body is compressed or sent.
class Simulator {
 public:
  static Result<std::unique_ptr<Simulator>> Start(const SimulatorOptions& options);
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  int port() const { return server_->port(); }
  std::string address() const { return host_ + ":" + std::to_string(port()); }
  // Ends at once, even if requests hang.
  void Stop();

 private:
  explicit Simulator(const SimulatorOptions& options);

  HttpResponse Handle(const HttpRequest& request);
  HttpResponse HandleList(const HttpRequest& request);
  HttpResponse HandleControl(const HttpRequest& request);
  HttpResponse HandleAccountControl(Account& account, const HttpRequest& request) REQUIRES(mutex_);
  HttpResponse Clock(const HttpRequest& request) REQUIRES(mutex_);
  HttpResponse Jobs(Account& account, const HttpRequest& request) REQUIRES(mutex_);
  HttpResponse SetFaults(Account& account, const HttpRequest& request) REQUIRES(mutex_);
  HttpResponse Truth(Account& account, const HttpRequest& request) REQUIRES(mutex_);

  // Returns null if there is no such account.
  Account* Find(const std::string& id) REQUIRES(mutex_);
  // The account of the path; without one, the first account that has the request's key, or the
  // first.
  Account& AccountOf(const HttpRequest& request) REQUIRES(mutex_);
  // Returns the time, and continues the account's workload until then.
  Timestamp Now(Account& account) REQUIRES(mutex_);
  // Waits as the faults require; returns false if the request gets no response.
  bool WaitForFaults(Account& account, const Account::ActiveRequest& active, MutexLock& lock)
      REQUIRES(mutex_);

  std::string host_;
  SystemClock real_clock_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  SimulatedClock clock_ GUARDED_BY(mutex_);
  std::map<std::string, RateLimit> rate_limits_ GUARDED_BY(mutex_);  // by key
  std::deque<Account> accounts_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::unique_ptr<HttpServer> server_;  // the last member, as its threads use all others
};

}  // namespace xplenty::simulator
