#pragma once

#include <cstdint>
#include <string>

#include "base/timestamp.h"
#include "simulator/faults.h"
#include "simulator/http_server.h"
#include "simulator/job_json.h"
#include "simulator/job_store.h"
#include "simulator/random.h"
#include "simulator/rate_limit.h"

namespace xplenty::simulator {

struct AccountOptions {
  std::string id = "demo";
  std::string api_key = "demo-key";
};

// GET /{account_id}/api/jobs: the contract of the API, and the faults that need no waiting.
// Not safe from several threads; the simulator's mutex guards it.
class ListJobsHandler {
 public:
  // Of one account; `bare` as in RowOptions. `rate_limit` is that of its key, and must outlive it.
  ListJobsHandler(const AccountOptions& account, bool bare, RateLimit& rate_limit, uint64_t seed);

  // Anything that is no control request; other paths are answered 404.
  HttpAnswer Answer(const HttpRequest& request, JobStore& store, const Faults& faults,
                    Timestamp now);
  bool IsAuthorized(const HttpRequest& request) const;
  const RowOptions& row_options() const { return row_options_; }

  static bool IsListPath(const std::string& path);

 private:
  HttpAnswer AnswerAsAsked(const HttpRequest& request, JobStore& store, const Faults& faults,
                           Timestamp now);
  HttpAnswer AnswerPage(const HttpRequest& request, JobStore& store, const Faults& faults,
                        Timestamp now);
  void MoveARow(JobStore& store, Timestamp since, Timestamp now);

  RowOptions row_options_;
  std::string authorization_;
  RateLimit& rate_limit_;
  Random random_;
};

// {"message": text}
HttpAnswer MessageAnswer(int status, const std::string& text);

}  // namespace xplenty::simulator
