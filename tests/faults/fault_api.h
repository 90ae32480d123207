#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "model/job.h"
#include "support/scripted_server.h"

namespace xplenty {

// A good response, as the input of a fault that spoils it.
struct GoodResponse {
  std::string date;  // the Date header's value
  std::string rows;  // the JSON array
  std::string all;   // the array without a limit
};

// The rows that a spoiled response still shows.
enum class Shows { kNothing, kRows, kAll };

using Spoil = std::function<ScriptedServer::Reply(const GoodResponse&)>;

// Fields of a row with the JSON that replaces their values: "" leaves the field out. The field ""
// stands for the whole row.
using Edits = std::vector<std::pair<std::string, std::string>>;

// An HTTP response "HTTP/1.1 <status>" with a Date and a Content-Length.
std::string HttpReply(const std::string& status, const std::string& date,
                      const std::string& headers, const std::string& body);

// "List Jobs" over HTTP, by the test's clock, which can be made to respond wrongly. Records which
// jobs a good response has shown. Safe from any thread.
class FaultApi final : public ScriptedServer::Handler {
 public:
  explicit FaultApi(const Clock& clock) : clock_(clock) {}

  void Put(const Job& job, const Edits& edits = {});
  void Put(const std::vector<Job>& jobs);

  // All responses after the next `good_responses` ones are spoiled, except those to the request
  // that got the last good one: if the timeout is short and the machine is busy, that response may
  // come too late, and the exporter repeats the request.
  void Break(Spoil spoil, int good_responses, Shows shows);
  // The server leaves after the next `good_responses` responses (at least one).
  void LeaveAfter(int good_responses);
  void Repair();

  // The jobs that some response has shown, in their true state.
  std::vector<Job> Shown() const;
  std::vector<Job> NotShown() const;
  // How often the request that got the last good response has come again since Break().
  int repeated() const;

  ScriptedServer::Reply Handle(const std::string& head) override;

 private:
  struct Row {
    Job job;
    Edits edits;
    Timestamp updated_at;  // as the row shows it, if that is a time
  };
  std::vector<const Row*> Find(const std::string& head) const REQUIRES(mutex_);

  const Clock& clock_;
  mutable Mutex mutex_;
  std::map<int64_t, Row> rows_ GUARDED_BY(mutex_);
  std::set<int64_t> shown_ GUARDED_BY(mutex_);
  Spoil spoil_ GUARDED_BY(mutex_);
  Shows spoiled_shows_ GUARDED_BY(mutex_){};
  bool leaves_ GUARDED_BY(mutex_) = false;
  int good_responses_ GUARDED_BY(mutex_) = 0;  // how many come before the fault
  std::string last_good_ GUARDED_BY(mutex_);   // the request that got the last of them
  int repeated_ GUARDED_BY(mutex_) = 0;        // how often it came again
};

}  // namespace xplenty
