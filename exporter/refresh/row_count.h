#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "api/page_source.h"

namespace xplenty {

// A rejected row among the ids of jobs, which are positive.
inline int64_t RowKey(const RejectedRow& reject) {
  return -static_cast<int64_t>(reject.fingerprint >> 1U) - 1;
}

// How many rows a list has as far as its pages have shown: a row that several of them show is one,
// a row that one of them shows twice is two.
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

  // Sorts what was added since: to be asked now and then.
  int64_t count() {
    std::ranges::sort(rows_);
    rows_.erase(std::unique(rows_.begin(), rows_.end()), rows_.end());
    return static_cast<int64_t>(rows_.size());
  }

 private:
  // Each with which time it is that its page shows it. There may be a million: they lie together,
  // so that their memory is given back as one.
  std::vector<std::pair<int64_t, int32_t>> rows_;
};

}  // namespace xplenty
