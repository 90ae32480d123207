#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/http_message.h"

namespace xplenty {

enum class StatusList { kAccounts, kRunning, kWaiting, kFailures, kPackages };
enum class PackageSort { kPackage, kFinish, kSuccess, kFailures, kRuntime, kRecords };

// As in the query: "running", "finish".
std::string_view ToString(StatusList list);
std::string_view ToString(PackageSort sort);

// What the query of the status page asks for: which rows, in which order, which part of them. So
// any view of the page is a link.
struct StatusQuery {
  // Part of an account's, a package's or a cluster's name, whatever its case; empty: all.
  std::string filter{};
  PackageSort sort{};
  bool descending{};
  std::array<size_t, 5> pages{1, 1, 1, 1, 1};  // of each list, from 1

  size_t page(StatusList list) const { return pages[static_cast<size_t>(list)]; }
  StatusQuery WithPage(StatusList list, size_t page) const;
  // By that column; the other way round if it is sorted by it already. Begins at the first page.
  StatusQuery SortedBy(PackageSort column) const;
  StatusQuery WithFilter(std::string_view text) const;  // alone
  bool Accepts(std::initializer_list<std::string_view> names) const;

  // "/?filter=sales&sort=records", without what is as by default.
  std::string Link() const;
  friend bool operator==(const StatusQuery&, const StatusQuery&) = default;
};

// Other parameters are left alone. Fails (kInvalidArgument) on a value that its parameter does not
// have, and says which it has.
Result<StatusQuery> ParseStatusQuery(const HttpRequest& request);

}  // namespace xplenty
