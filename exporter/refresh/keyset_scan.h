#pragma once

#include <chrono>
#include <optional>

#include "api/page_source.h"
#include "base/timestamp.h"
#include "refresh/offset_scan.h"

namespace xplenty {

// A keyset scan of the jobs that were updated in [begin, end), oldest update first. After a full
// page, the next request starts at the `updated_at` of the last row (`since` is inclusive) with
// offset 0, so rows that move can never push an unseen row across a page edge. Only where a whole
// page shares one second does the offset grow; that second is then read by an OffsetScan. The scan
// ends with a page that reaches `end` or is the last of the list. Pure; not thread-safe.
class KeysetScan {
 public:
  // `time_per_page` estimates how much time one page covers; zero means that nothing is known yet.
  KeysetScan(Timestamp begin, Timestamp end, std::chrono::seconds time_per_page = {})
      : cursor_(begin), end_(end), time_per_page_(time_per_page) {}

  // The request for the next page. Must not be called when done().
  PageRequest Next() const;
  // Takes the response to Next(). Its rows must be in order; at least one must have an
  // `updated_at`, unless the page is the last of the list.
  void Feed(const Page& page);

  // Every job that was updated before this time has been read.
  Timestamp cursor() const { return cursor_; }
  std::chrono::seconds time_per_page() const { return time_per_page_; }
  bool done() const { return done_; }

  // An estimate of the pages that are left until `now`; 0 when the scan is done.
  double PagesLeft(Timestamp now) const;
  // Keeps the earlier half of what is left and returns a scan of the later half. At least two
  // pages must be left.
  KeysetScan Split(Timestamp now);

 private:
  void Advance(Timestamp to);
  std::chrono::seconds Left(Timestamp now) const;

  Timestamp cursor_;
  Timestamp end_;
  std::chrono::seconds time_per_page_;
  std::optional<OffsetScan> same_second_;  // set while a whole page shares the cursor's second
  bool done_ = false;
};

// Returns the `updated_at` of the last row that has one.
std::optional<Timestamp> LastUpdate(const Page& page);

}  // namespace xplenty
