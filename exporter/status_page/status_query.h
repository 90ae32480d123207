#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/http_message.h"

namespace xplenty {

// The lists of the status page.
enum class StatusList { kAccounts, kRunning, kWaiting, kFailures, kPackages };

// The columns by which packages can be sorted.
enum class PackageSort { kPackage, kFinish, kSuccess, kFailures, kRuntime, kRecords };

// Return the names that a query uses: "running", "finish".
std::string_view ToString(StatusList list);
std::string_view ToString(PackageSort sort);

// The query of the status page: which rows it shows, in which order, and which part of each list.
// Any view of the page is such a query, and so has a link.
struct StatusQuery {
  // Rows are shown if the name of their account, package or cluster contains this, in any case of
  // ASCII letters. Empty: all rows.
  std::string filter{};
  PackageSort sort{};
  bool descending{};
  std::array<size_t, 5> pages{1, 1, 1, 1, 1};  // The page of each list, from 1.

  // Returns the page of the list.
  size_t page(StatusList list) const { return pages[static_cast<size_t>(list)]; }

  // Returns this query with another page of the list.
  StatusQuery WithPage(StatusList list, size_t page) const;

  // Returns this query sorted by the column, in the other order if it is sorted by it already. It
  // begins at the first page of packages.
  StatusQuery SortedBy(PackageSort column) const;

  // Returns this query with another filter and the first page of each list.
  StatusQuery WithFilter(std::string_view text) const;

  // Returns whether the filter accepts one of the names.
  bool Accepts(std::initializer_list<std::string_view> names) const;

  // Returns the target of a link to this query, without what is the default:
  // "/?filter=sales&sort=records".
  std::string Link() const;

  friend bool operator==(const StatusQuery&, const StatusQuery&) = default;
};

// Reads the query of a request; other parameters are ignored. Fails (kInvalidArgument) on a value
// that its parameter does not have; the message says which it has.
Result<StatusQuery> ParseStatusQuery(const HttpRequest& request);

}  // namespace xplenty
