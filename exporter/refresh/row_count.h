#pragma once

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "api/page_source.h"

namespace xplenty {

// A rejected row among the ids of jobs, which are positive.
inline int64_t MarkOf(const RejectedRow& reject) {
  return -static_cast<int64_t>(reject.fingerprint >> 1U) - 1;
}

// How many rows a list has as far as its pages have shown: a row that several of them show is one,
// a row that one of them shows twice is two.
class RowCount {
 public:
  void Add(const Page& page) {
    std::vector<int64_t> rows;
    for (const Job& job : page.jobs) rows.push_back(job.id);
    for (const RejectedRow& reject : page.rejects) rows.push_back(MarkOf(reject));
    std::ranges::sort(rows);
    for (auto row = rows.begin(); row != rows.end();) {
      const auto next = std::upper_bound(row, rows.end(), *row);
      int64_t& times = times_[*row];
      const int64_t more = std::max<int64_t>(0, next - row - times);
      times += more;
      count_ += more;
      row = next;
    }
  }

  int64_t count() const { return count_; }

 private:
  std::unordered_map<int64_t, int64_t> times_;
  int64_t count_ = 0;
};

}  // namespace xplenty
