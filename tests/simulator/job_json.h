#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "simulator/job_store.h"

namespace xplenty::simulator {

struct RowOptions {
  std::string account;
  bool bare = false;  // package, cluster, creator and outputs are absent, as in older accounts
};

// The row of one job as the API returns it; for jobs without `raw`.
nlohmann::json RenderJob(const Job& job, const JobStore& store, const RowOptions& options);

// The row as text, or the job's raw text.
std::string RenderRow(const Job& job, const JobStore& store, const RowOptions& options);

}  // namespace xplenty::simulator
