#pragma once

#include <cstdint>
#include <set>
#include <tuple>

#include "api/page_source.h"
#include "refresh/row_count.h"

namespace xplenty {

// Reads a part of the list by offset, again and again until a pass over it brings nothing new and
// no row twice: rows that move while it is read can push an unseen one across a page edge, but not
// in every pass, and a server that changes the order between pages shows one row twice for each
// that it hides.
class OffsetScan {
 public:
  int64_t offset() const { return offset_; }
  bool done() const { return done_; }

  // `ends`: the page reaches the end of the part.
  void Feed(const Page& page, bool ends) {
    bool any_new_in_pass = false;  // not yet seen in this pass
    bool any_repeated = false;
    std::set<Row> on_this_page;
    for (const Job& job : page.jobs) {
      const Row row{job.id, job.updated_at.value_or(Timestamp::min()), job.status};
      on_this_page.insert(row);
      if (in_this_pass_.insert(row).second) {
        any_new_in_pass = true;
      } else {
        any_repeated = true;
      }
      if (seen_.insert(row).second) found_new_ = true;
    }
    // No news, but a page of nothing else is no repeat either.
    for (const RejectedRow& reject : page.rejects) {
      const Row row{RowKey(reject), Timestamp::min(), JobStatus::kUnknown};
      if (in_this_pass_.insert(row).second) any_new_in_pass = true;
    }
    if (any_new_in_pass) found_repeated_ = found_repeated_ || any_repeated;
    // A row shown twice on one page may be one row of the list: rather read one again than skip
    // one.
    offset_ += static_cast<int64_t>(on_this_page.size() + page.rejects.size());
    // A page of nothing but any_repeated: the server ignores the offset.
    if (!ends && any_new_in_pass) return;
    done_ = (!found_new_ && !found_repeated_) || ++passes_ == kMaxPasses;
    found_new_ = found_repeated_ = false;
    offset_ = 0;
    in_this_pass_.clear();
  }

 private:
  // A list that is never quiet must not keep a walk from ending; the next walk goes on.
  static constexpr int kMaxPasses = 10;
  using Row = std::tuple<int64_t, Timestamp, JobStatus>;

  std::set<Row> seen_;
  std::set<Row> in_this_pass_;
  int64_t offset_ = 0;
  int passes_ = 0;
  bool found_new_ = false;
  bool found_repeated_ = false;
  bool done_ = false;
};

}  // namespace xplenty
