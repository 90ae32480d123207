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
#include "simulator/life.h"
#include "simulator/list_jobs_handler.h"
#include "simulator/rate_limit.h"
#include "simulator/simulated_clock.h"

namespace xplenty::simulator {

struct SimulatorOptions {
  std::string listen_address = "127.0.0.1:0";
  std::vector<AccountOptions> accounts = {{}};  // at least one, each id once
  LifeOptions life;                             // of each; seed and job ids differ by place
  bool bare = false;                            // as in RowOptions
  int64_t rate_limit = 5000;                    // of each key, per hour of the simulated clock
  double speed = 1;                             // 0: only scripted steps move the clock
  std::optional<Timestamp> start_time;          // of the simulated clock; default: the real now
};

// The API of some accounts over HTTP, with the control endpoints that README.md describes.
// Everything happens when a request arrives; one mutex guards all of it, but no request waits, nor
// is a body compressed or sent, while it is held.
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
  explicit Simulator(const SimulatorOptions& options);

  HttpAnswer Answer(const HttpRequest& request);
  HttpAnswer AnswerList(const HttpRequest& request);
  HttpAnswer AnswerControl(const HttpRequest& request);
  HttpAnswer AnswerControlOf(Account& account, const HttpRequest& request) REQUIRES(mutex_);
  HttpAnswer Clock(const HttpRequest& request) REQUIRES(mutex_);
  HttpAnswer Jobs(Account& account, const HttpRequest& request) REQUIRES(mutex_);
  HttpAnswer SetFaults(Account& account, const HttpRequest& request) REQUIRES(mutex_);
  HttpAnswer Truth(Account& account, const HttpRequest& request) REQUIRES(mutex_);

  // Null: there is none.
  Account* Find(const std::string& id) REQUIRES(mutex_);
  // Whose answer it is; of a path without an account, the first that has the key, or the first.
  Account& AccountOf(const HttpRequest& request) REQUIRES(mutex_);
  // The moment, after the life of the account has gone on until then.
  Timestamp Now(Account& account) REQUIRES(mutex_);
  // Waits as the faults say; false when the request must stay without an answer.
  bool SitOut(Account& account, const Account::Arrival& arrival, MutexLock& lock) REQUIRES(mutex_);

  std::string host_;
  SystemClock real_clock_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  SimulatedClock clock_ GUARDED_BY(mutex_);
  std::map<std::string, RateLimit> rate_limits_ GUARDED_BY(mutex_);  // by key
  std::deque<Account> accounts_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::unique_ptr<HttpServer> server_;  // last: its threads use all of the above
};

}  // namespace xplenty::simulator
