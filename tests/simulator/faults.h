#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace xplenty::simulator {

// The faults of list requests; README.md describes each. Probabilities are 0 to 1.
struct Faults {
  std::chrono::milliseconds latency{0};
  std::chrono::milliseconds slow_bytes{0};
  std::map<int, double> status;
  std::string retry_after;
  double html = 0;
  double cut_body = 0;
  double cut_json = 0;
  double close = 0;
  double move_rows = 0;
  bool hang = false;
  bool shuffle_ties = false;
  bool ignore_sort = false;
  bool ignore_since = false;
  bool no_date = false;
  bool no_rate_headers = false;
  int64_t updated_at_lag_seconds = 0;
  int64_t clock_skew_seconds = 0;
  int64_t flood_mib = 0;
  int reject_key = 0;
  std::optional<int64_t> hang_after;    // after so many more list requests, all of them hang
  std::optional<int64_t> for_requests;  // after so many more, all faults are off
};

// Throws nlohmann::json::exception or std::invalid_argument, also for an unknown key: a misspelled
// fault would let its test pass.
Faults ParseFaults(const nlohmann::json& object);

}  // namespace xplenty::simulator
