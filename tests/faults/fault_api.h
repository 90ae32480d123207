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

// A right answer, for a fault to spoil.
struct GoodAnswer {
  std::string date;  // the Date header's value
  std::string rows;  // the JSON array
  std::string all;   // the same, had there been no limit
};

// Of those, what a spoiled answer shows.
enum class Shows { kNothing, kRows, kAll };

using Spoil = std::function<ScriptedServer::Reply(const GoodAnswer&)>;

// Fields of a row and the JSON that takes the place of theirs: "" leaves the field out. The field
// "" stands for the whole row.
using Edits = std::vector<std::pair<std::string, std::string>>;

// "HTTP/1.1 <status>" with a Date and a Content-Length.
std::string HttpReply(const std::string& status, const std::string& date,
                      const std::string& headers, const std::string& body);

// "List Jobs" over HTTP, told by the test's clock, and broken to order. Keeps account of the jobs
// that a right answer has shown. Safe from any thread.
class FaultApi final : public ScriptedServer::Answerer {
 public:
  explicit FaultApi(const Clock& clock) : clock_(clock) {}

  void Put(const Job& job, const Edits& edits = {});
  void Put(const std::vector<Job>& jobs);

  // After so many right answers more, all answers are spoiled ones, but for those to the last
  // request that was answered right: where the timeout is short and the machine is busy, that
  // answer may come too late and is asked for again.
  void Break(Spoil spoil, int right_answers, Shows shows);
  // After so many right answers (at least one) the server leaves.
  void LeaveAfter(int right_answers);
  void Mend();

  // The jobs that were shown, as they are.
  std::vector<Job> Shown() const;
  std::vector<Job> NotShown() const;
  // How often a right answer was asked for again since Break().
  int repeated() const;

  ScriptedServer::Reply Answer(const std::string& head) override;

 private:
  struct Row {
    Job job;
    Edits edits;
    Timestamp updated_at;  // as it is shown, if that is a time
  };
  std::vector<const Row*> Find(const std::string& head) const REQUIRES(mutex_);

  const Clock& clock_;
  mutable Mutex mutex_;
  std::map<int64_t, Row> rows_ GUARDED_BY(mutex_);
  std::set<int64_t> shown_ GUARDED_BY(mutex_);
  Spoil spoil_ GUARDED_BY(mutex_);
  Shows spoiled_shows_ GUARDED_BY(mutex_){};
  bool leaves_ GUARDED_BY(mutex_) = false;
  int right_answers_ GUARDED_BY(mutex_) = 0;   // before the trouble begins
  std::string last_right_ GUARDED_BY(mutex_);  // of these, the request that had the last one
  int repeated_ GUARDED_BY(mutex_) = 0;
};

}  // namespace xplenty
