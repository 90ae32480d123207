#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "api/page_source.h"

namespace xplenty {

// Returns a key for a rejected row that differs from every job's id: ids are positive.
inline int64_t RowKey(const RejectedRow& reject) {
  return -static_cast<int64_t>(reject.fingerprint >> 1U) - 1;
}

// Counts the distinct rows of a list. A row on several pages counts once; a row that is twice on
// one page counts twice. Not thread-safe.
class RowCount {
 public:
  void Add(const Page& page) {
    const auto known = static_cast<std::ptrdiff_t>(rows_.size());
    for (const Job& job : page.jobs) rows_.emplace_back(job.id, 1);
    for (const RejectedRow& reject : page.rejects) rows_.emplace_back(RowKey(reject), 1);
    const auto added = rows_.begin() + known;
    std::sort(added, rows_.end());
    for (auto row = added; row != rows_.end(); ++row) {
      if (row != added && row->first == std::prev(row)->first)
        row->second = std::prev(row)->second + 1;
    }
  }

  // The number of distinct rows so far. Sorts what was added since the last call.
  int64_t count() {
    std::ranges::sort(rows_);
    rows_.erase(std::unique(rows_.begin(), rows_.end()), rows_.end());
    return static_cast<int64_t>(rows_.size());
  }

 private:
  // Row keys with the number of the occurrence on their page. There may be a million, so they are
  // in one block of memory that is returned to the system as a whole.
  std::vector<std::pair<int64_t, int32_t>> rows_;
};

}  // namespace xplenty
