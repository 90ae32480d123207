#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"

namespace xplenty::simulator {

enum class SortField { kId, kStatus, kCreatedAt, kUpdatedAt };

// The query parameters of the list, with the API's defaults.
struct ListQuery {
  int64_t offset = 0;
  int64_t limit = 20;
  std::optional<std::string> status;
  SortField sort = SortField::kCreatedAt;
  bool ascending = false;
  std::optional<Timestamp> since;
};

using Parameters = std::vector<std::pair<std::string, std::string>>;

// Unknown parameters are ignored; a bad value is an error whose message names it.
Result<ListQuery> ParseListQuery(const Parameters& parameters);

// "offset=20&limit=10": percent-encoded.
std::string FormatParameters(const Parameters& parameters);

}  // namespace xplenty::simulator
