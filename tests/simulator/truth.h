#pragma once

#include <cstdint>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace xplenty::simulator {

struct TruthOptions {
  int64_t now = 0;  // Unix times and seconds
  int64_t lookback = 86'400;
  int64_t count_from = 0;
};

// Computes what an exporter must show of `rows`, the account's jobs as the API returns them.
nlohmann::json ComputeTruth(const std::vector<nlohmann::json>& rows, const TruthOptions& options);

}  // namespace xplenty::simulator
