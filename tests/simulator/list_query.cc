#include "simulator/list_query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace xplenty::simulator {
namespace {

constexpr std::array<std::string_view, 9> kStatuses = {"idle",    "pending",          "queued",
                                                       "running", "completed",        "failed",
                                                       "stopped", "pending_stoppage", "stopping"};

std::optional<SortField> ParseSort(std::string_view text) {
  if (text == "id") return SortField::kId;
  if (text == "status") return SortField::kStatus;
  if (text == "created_at") return SortField::kCreatedAt;
  if (text == "updated_at") return SortField::kUpdatedAt;
  return std::nullopt;
}

// Sets a parameter; returns false if the parameter does not take `value`.
bool Apply(const std::string& name, const std::string& value, ListQuery& query) {
  if (name == "offset" || name == "limit") {
    const auto number = ParseInteger(value);
    const bool is_limit = name == "limit";
    if (!number || *number < (is_limit ? 1 : 0) || (is_limit && *number > 100)) return false;
    (is_limit ? query.limit : query.offset) = *number;
  } else if (name == "status") {
    if (std::ranges::find(kStatuses, value) == kStatuses.end()) return false;
    query.status = value;
  } else if (name == "sort") {
    const auto sort = ParseSort(value);
    if (!sort) return false;
    query.sort = *sort;
  } else if (name == "direction") {
    if (value != "asc" && value != "desc") return false;
    query.ascending = value == "asc";
  } else if (name == "since") {
    query.since = ParseIso8601(value);
    if (!query.since) return false;
  }
  return true;
}

}  // namespace

std::optional<int64_t> ParseInteger(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<ListQuery> ParseListQuery(const Parameters& parameters) {
  ListQuery query;
  for (const auto& [name, value] : parameters) {
    if (!Apply(name, value, query)) {
      return Error{ErrorCode::kInvalidArgument, "Invalid value for parameter " + name};
    }
  }
  return query;
}

std::string FormatParameters(const Parameters& parameters) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string text;
  const auto append = [&](std::string_view part) {
    for (const char c : part) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
      if (plain) {
        text += c;
      } else {
        const auto byte = static_cast<unsigned char>(c);
        text += {'%', kHex[byte >> 4], kHex[byte & 15]};
      }
    }
  };
  for (const auto& [name, value] : parameters) {
    if (!text.empty()) text += '&';
    append(name);
    text += '=';
    append(value);
  }
  return text;
}

}  // namespace xplenty::simulator
