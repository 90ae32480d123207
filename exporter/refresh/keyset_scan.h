#pragma once

#include <chrono>
#include <optional>

#include "api/page_source.h"
#include "base/timestamp.h"
#include "refresh/offset_scan.h"

namespace xplenty {

// Reads the part of the list that was updated in [begin, end), oldest update first. After a full
// page it begins anew at the `updated_at` of the last row (`since` is inclusive), so that rows that
// move can never push an unseen one across a page edge. Only where a whole page shares one second
// does the offset grow, and then that second is read until a pass brings nothing new. A page that
// reaches the end or is the list's last ends it. Pure.
class KeysetScan {
 public:
  // `time_per_page`: how far a page is thought to bring it; at first nothing is known.
  KeysetScan(Timestamp begin, Timestamp end, std::chrono::seconds time_per_page = {})
      : cursor_(begin), end_(end), time_per_page_(time_per_page) {}

  PageRequest Next() const;
  // Its answer, whose rows must be in order, with an `updated_at` unless it is the list's last.
  void Feed(const Page& page);

  // All before this has been read.
  Timestamp cursor() const { return cursor_; }
  std::chrono::seconds time_per_page() const { return time_per_page_; }
  bool done() const { return done_; }

  // How many pages it seems to have left until `now`; 0 if it is done.
  double PagesLeft(Timestamp now) const;
  // Leaves the later half of that to another scan; at least two pages must be left.
  KeysetScan Split(Timestamp now);

 private:
  void Advance(Timestamp to);
  std::chrono::seconds Left(Timestamp now) const;

  Timestamp cursor_;
  Timestamp end_;
  std::chrono::seconds time_per_page_;
  std::optional<OffsetScan> same_second_;  // over the second of the cursor
  bool done_ = false;
};

// The `updated_at` of the last row that has one.
std::optional<Timestamp> LastUpdate(const Page& page);

}  // namespace xplenty
