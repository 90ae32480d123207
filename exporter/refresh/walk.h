#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/timestamp.h"
#include "refresh/page_sequence.h"
#include "refresh/pass.h"
#include "refresh/row_count.h"

namespace xplenty {

// Walks all jobs updated at `start` or later, oldest update first. After a full page it begins anew
// at the `updated_at` of the last row (`since` is inclusive), so that rows that move can never push
// an unseen one across a page edge. Only where a whole page shares one second does the offset grow,
// and then that second is read until a pass brings nothing new.
//
// A server that ignores `sort` or `since` shows itself by rows that are out of order or too old:
// the walk goes on by offset alone, again until a pass brings nothing new. As its pages may look
// sorted by chance, more than one page must be proven to be all: after as many rows as were seen,
// the list has no other. One that came late or just now is looked for near the end first.
class Walk final : public PageSequence {
 public:
  // `overlap`: how late a row may become visible.
  Walk(Timestamp start, std::chrono::seconds overlap)
      : start_(start), overlap_(overlap), cursor_(start) {}

  std::optional<PageRequest> Next() const override;
  void Feed(const Page& page) override;

  // All that was updated before this has been read. A walk that is cut off goes on from here.
  Timestamp completed() const { return completed_; }
  // Whether the server ignored what it was asked for.
  bool by_offset() const { return by_offset_; }

 private:
  enum class Mode { kCursor, kTie, kProof, kOffset, kDone };

  bool IsInOrder(const Page& page) const;
  void FeedCursor(const Page& page, std::optional<Timestamp> last);
  void FeedTie(const Page& page, std::optional<Timestamp> last);
  void FeedProof(const Page& page);
  void FeedOffset(const Page& page);
  void BeginOffset();
  void ReachEnd();
  void Finish();

  const Timestamp start_;
  const std::chrono::seconds overlap_;
  Timestamp cursor_;
  Timestamp completed_ = start_;
  Timestamp highest_ = start_;  // updated_at of any row read
  Mode mode_ = Mode::kCursor;
  bool by_offset_ = false;
  Pass pass_;
  RowCount rows_;
  int64_t pages_ = 0;
  int looks_ = 0;          // near the end, after a proof that failed
  int64_t rows_then_ = 0;  // seen when it did
};

// Reads all jobs of one status. A row that moves while several pages are read may be missed by a
// single pass; kUntilQuiet repeats it as Pass does.
class StatusListing final : public PageSequence {
 public:
  enum class Passes { kOne, kUntilQuiet };
  StatusListing(JobStatus status, Passes passes) : status_(status), passes_(passes) {}

  std::optional<PageRequest> Next() const override;
  void Feed(const Page& page) override;

 private:
  const JobStatus status_;
  const Passes passes_;
  bool done_ = false;
  Pass pass_;
};

}  // namespace xplenty
