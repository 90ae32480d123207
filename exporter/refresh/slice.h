#pragma once

#include <chrono>
#include <optional>

#include "api/page_source.h"
#include "base/timestamp.h"
#include "refresh/pass.h"

namespace xplenty {

// Reads the part of the list that was updated in [begin, end), oldest update first. After a full
// page it begins anew at the `updated_at` of the last row (`since` is inclusive), so that rows that
// move can never push an unseen one across a page edge. Only where a whole page shares one second
// does the offset grow, and then that second is read until a pass brings nothing new. A page that
// reaches the end or is the list's last ends it. Pure.
class Slice {
 public:
  // `pace`: how far a page is thought to bring it; at first nothing is known.
  Slice(Timestamp begin, Timestamp end, std::chrono::seconds pace = {})
      : cursor_(begin), end_(end), pace_(pace) {}

  PageRequest Next() const;
  // Its answer, whose rows must be in order, with an `updated_at` unless it is the list's last.
  void Feed(const Page& page);

  // All before this has been read.
  Timestamp cursor() const { return cursor_; }
  std::chrono::seconds pace() const { return pace_; }
  bool done() const { return done_; }

  // How many pages it seems to have left until `now`; 0 if it is done.
  double PagesLeft(Timestamp now) const;
  // Leaves the later half of that to another slice; at least two pages must be left.
  Slice CutInHalf(Timestamp now);

 private:
  void Advance(Timestamp to);
  std::chrono::seconds Left(Timestamp now) const;

  Timestamp cursor_;
  Timestamp end_;
  std::chrono::seconds pace_;
  std::optional<Pass> tie_;  // over the second of the cursor
  bool done_ = false;
};

// The `updated_at` of the last row that has one.
std::optional<Timestamp> LastUpdate(const Page& page);

}  // namespace xplenty
