#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"

namespace xplenty::simulator {

enum class SortField { kId, kStatus, kCreatedAt, kUpdatedAt };

// The query parameters of the list; the defaults are the API's.
struct ListQuery {
  int64_t offset = 0;
  int64_t limit = 20;
  std::optional<std::string> status;
  SortField sort = SortField::kCreatedAt;
  bool ascending = false;
  std::optional<Timestamp> since;
};

using Parameters = std::vector<std::pair<std::string, std::string>>;

// Returns nothing unless the whole text is a decimal integer.
std::optional<int64_t> ParseInteger(std::string_view text);

// Ignores unknown parameters; a bad value is an error whose message has the parameter's name.
Result<ListQuery> ParseListQuery(const Parameters& parameters);

// Formats parameters as a query, percent-encoded: "offset=20&limit=10".
std::string FormatParameters(const Parameters& parameters);

}  // namespace xplenty::simulator
