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

// Handles GET /{account_id}/api/jobs: the contract of the API, and the faults that need no waiting.
// Not thread-safe; the simulator's mutex guards it.
class ListJobsHandler {
 public:
  // `bare` is as in RowOptions. `rate_limit` belongs to the account's key and must outlive this.
  ListJobsHandler(const AccountOptions& account, bool bare, RateLimit& rate_limit, uint64_t seed);

  // Handles any request but a control request; other paths get 404.
  HttpResponse Handle(const HttpRequest& request, JobStore& store, const Faults& faults,
                      Timestamp now);
  bool IsAuthorized(const HttpRequest& request) const;
  const RowOptions& row_options() const { return row_options_; }

  static bool IsListPath(const std::string& path);

 private:
  HttpResponse BuildResponse(const HttpRequest& request, JobStore& store, const Faults& faults,
                             Timestamp now);
  HttpResponse BuildPage(const HttpRequest& request, JobStore& store, const Faults& faults,
                         Timestamp now);
  void MoveARow(JobStore& store, Timestamp since, Timestamp now);

  RowOptions row_options_;
  std::string authorization_;
  RateLimit& rate_limit_;
  Random random_;
};

// {"message": text}
HttpResponse MessageResponse(int status, const std::string& text);

}  // namespace xplenty::simulator
