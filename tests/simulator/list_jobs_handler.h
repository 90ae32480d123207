#pragma once

#include <cstdint>
#include <string>

#include "base/timestamp.h"
#include "simulator/faults.h"
#include "simulator/http_server.h"
#include "simulator/job_json.h"
#include "simulator/job_store.h"
#include "simulator/random.h"

namespace xplenty::simulator {

struct ApiOptions {
  std::string account = "demo";
  std::string api_key = "demo-key";
  bool bare = false;
  int64_t rate_limit = 5000;  // per hour of the simulated clock
};

// GET /{account_id}/api/jobs: the contract of the API, and the faults that need no waiting.
// Not safe from several threads; the simulator's mutex guards it.
class ListJobsHandler {
 public:
  explicit ListJobsHandler(ApiOptions options, uint64_t seed);

  // Anything that is no control request; other paths are answered 404.
  HttpAnswer Answer(const HttpRequest& request, JobStore& store, const Faults& faults,
                    Timestamp now);
  bool IsAuthorized(const HttpRequest& request) const;
  RowOptions row_options() const { return {options_.account, options_.bare}; }

  static bool IsListPath(const std::string& path);

 private:
  HttpAnswer AnswerAsAsked(const HttpRequest& request, JobStore& store, const Faults& faults,
                           Timestamp now);
  HttpAnswer AnswerPage(const HttpRequest& request, JobStore& store, const Faults& faults,
                        Timestamp now);
  void MoveARow(JobStore& store, Timestamp since, Timestamp now);
  // False when the hour's requests are used up.
  bool SpendRequest(Timestamp now);

  ApiOptions options_;
  std::string authorization_;
  Random random_;
  int64_t hour_ = 0;
  int64_t remaining_ = 0;
};

// {"message": text}
HttpAnswer MessageAnswer(int status, const std::string& text);

}  // namespace xplenty::simulator
