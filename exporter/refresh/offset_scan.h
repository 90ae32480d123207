#pragma once

#include <cstdint>
#include <set>
#include <tuple>

#include "api/page_source.h"
#include "refresh/row_count.h"

namespace xplenty {

// Reads a part of the list by offset, in passes, until one pass brings no new row and no row twice.
// Rows that move during a pass can push an unseen row across a page edge, but not in every pass. A
// server that changes the order between pages repeats one row for each row that it hides. Ends
// after kMaxPasses at the latest. Pure; not thread-safe.
class OffsetScan {
 public:
  // The offset of the next page; 0 at the start of a pass.
  int64_t offset() const { return offset_; }
  bool done() const { return done_; }

  // Takes the page at offset(). `ends` says that it reaches the end of the part.
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
    // A rejected row says nothing new, but a page of such rows is no repetition either.
    for (const RejectedRow& reject : page.rejects) {
      const Row row{RowKey(reject), Timestamp::min(), JobStatus::kUnknown};
      if (in_this_pass_.insert(row).second) any_new_in_pass = true;
    }
    if (any_new_in_pass) found_repeated_ = found_repeated_ || any_repeated;
    // A row that is twice on one page may be one row of the list. It counts once here: reading a
    // row again is harmless, skipping one is not.
    offset_ += static_cast<int64_t>(on_this_page.size() + page.rejects.size());
    // A page of repeated rows only means that the server ignores the offset.
    if (!ends && any_new_in_pass) return;
    done_ = (!found_new_ && !found_repeated_) || ++passes_ == kMaxPasses;
    found_new_ = found_repeated_ = false;
    offset_ = 0;
    in_this_pass_.clear();
  }

 private:
  // A list that never stops changing must not keep a scan from ending; the next one goes on.
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
