#include "status_page/status_query.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/utf8.h"

namespace xplenty {
namespace {

constexpr size_t kMaxFilterBytes = 200;
constexpr size_t kMaxPage = 1'000'000;
constexpr std::array kLists = {StatusList::kAccounts, StatusList::kRunning, StatusList::kWaiting,
                               StatusList::kFailures, StatusList::kPackages};
constexpr std::array kSorts = {PackageSort::kPackage, PackageSort::kFinish,
                               PackageSort::kSuccess, PackageSort::kFailures,
                               PackageSort::kRuntime, PackageSort::kRecords};

Error BadValue(std::string_view name, std::string_view expected, std::string_view value) {
  return {ErrorCode::kInvalidArgument, std::string(name) + ": " + std::string(expected) +
                                           " is expected, not \"" +
                                           CleanText(value, kMaxFilterBytes) + "\""};
}

std::optional<size_t> ParsePage(std::string_view text) {
  size_t page = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), page);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || page < 1 || page > kMaxPage) return std::nullopt;
  return page;
}

bool ContainsIgnoringCase(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) { return LowerAscii(a) == LowerAscii(b); };
  return part.empty() ||
         std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

}  // namespace

std::string_view ToString(StatusList list) {
  constexpr std::array<std::string_view, 5> kNames = {"accounts", "running", "waiting", "failures",
                                                      "packages"};
  return kNames[static_cast<size_t>(list)];
}

std::string_view ToString(PackageSort sort) {
  constexpr std::array<std::string_view, 6> kNames = {"package",  "finish",  "success",
                                                      "failures", "runtime", "records"};
  return kNames[static_cast<size_t>(sort)];
}

StatusQuery StatusQuery::WithPage(StatusList list, size_t page) const {
  StatusQuery query = *this;
  query.pages[static_cast<size_t>(list)] = page;
  return query;
}

StatusQuery StatusQuery::SortedBy(PackageSort column) const {
  StatusQuery query = WithPage(StatusList::kPackages, 1);
  query.descending = column == sort ? !descending : column != PackageSort::kPackage;
  query.sort = column;
  return query;
}

StatusQuery StatusQuery::WithFilter(std::string_view text) const {
  return {.filter = std::string(text), .sort = sort, .descending = descending};
}

bool StatusQuery::Accepts(std::initializer_list<std::string_view> names) const {
  return std::ranges::any_of(
      names, [&](std::string_view name) { return ContainsIgnoringCase(name, filter); });
}

std::string StatusQuery::Link() const {
  std::string link = "/";
  const auto add = [&](std::string_view name, std::string_view value) {
    link += link.size() == 1 ? '?' : '&';
    link.append(name).append("=").append(PercentEncode(value));
  };
  if (!filter.empty()) add("filter", filter);
  if (sort != PackageSort::kPackage) add("sort", ToString(sort));
  if (descending) add("order", "desc");
  for (const StatusList list : kLists) {
    if (page(list) > 1) add(ToString(list), std::to_string(page(list)));
  }
  return link;
}

Result<StatusQuery> ParseStatusQuery(const HttpRequest& request) {
  StatusQuery query;
  query.filter = CleanText(request.Param("filter").value_or(""), kMaxFilterBytes);
  if (const auto sort = request.Param("sort")) {
    const auto known =
        std::ranges::find(kSorts, *sort, [](PackageSort each) { return ToString(each); });
    if (known == kSorts.end()) {
      return BadValue("sort", "package, finish, success, failures, runtime or records", *sort);
    }
    query.sort = *known;
  }
  if (const auto order = request.Param("order")) {
    if (*order != "asc" && *order != "desc") return BadValue("order", "asc or desc", *order);
    query.descending = *order == "desc";
  }
  for (const StatusList list : kLists) {
    const auto text = request.Param(ToString(list));
    if (!text) continue;
    const auto page = ParsePage(*text);
    if (!page) return BadValue(ToString(list), "a page from 1 to 1000000", *text);
    query = query.WithPage(list, *page);
  }
  return query;
}

}  // namespace xplenty
