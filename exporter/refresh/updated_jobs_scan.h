#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/timestamp.h"
#include "refresh/keyset_scan.h"
#include "refresh/offset_scan.h"
#include "refresh/page_sequence.h"
#include "refresh/row_count.h"

namespace xplenty {

// Walks all jobs updated at `start` or later, oldest update first: as one scan, or, once it turns
// out to be long, as several side by side, as many as may be asked for. Whenever there are fewer,
// the one that has most left is cut in half, so that all are busy however the jobs lie in time.
//
// A server that ignores `sort` or `since` shows itself by rows that are out of order or too old:
// the walk goes on by offset alone, again until a pass brings nothing new. As its pages may look
// sorted by chance, more than one page must be proven to be all: after as many rows as were seen,
// the list has no other. One that came late or just now is looked for near the end first.
class UpdatedJobsScan final : public PageSequence {
 public:
  // `overlap`: how late a row may become visible. `now`: the server's time; what is updated from
  // now on is in the last scan.
  UpdatedJobsScan(Timestamp start, std::chrono::seconds overlap, Timestamp now);

  std::vector<PageRequest> Next(size_t at_most) override;
  void Feed(const PageRequest& request, const Page& page) override;

  // All that was updated before this has been read. A walk that is cut off goes on from here.
  Timestamp completed() const { return completed_; }
  // Whether the server ignored what it was asked for.
  bool by_offset() const { return by_offset_; }

 private:
  enum class Mode { kKeyset, kVerify, kOffset, kDone };

  PageRequest FromStart(int64_t offset) const;
  void SplitScans(size_t wanted);
  void FeedKeyset(std::vector<KeysetScan>::iterator scan, const Page& page);
  void FeedVerify(const Page& page);
  void FeedOffset(const Page& page);
  void BeginOffset();
  void ReachEnd();
  void Finish();

  const Timestamp start_;
  const std::chrono::seconds overlap_;
  const Timestamp now_;
  std::vector<KeysetScan>
      scans_;  // in order of time; the last one has no end, the others are not done
  Timestamp completed_ = start_;
  Timestamp highest_ = start_;  // updated_at of any row read
  Mode mode_ = Mode::kKeyset;
  bool by_offset_ = false;
  OffsetScan offset_scan_;
  RowCount rows_;
  int64_t pages_ = 0;                 // of slices
  int verify_attempts_ = 0;           // near the end, after a proof that failed
  int64_t rows_at_last_attempt_ = 0;  // seen when it did
};

}  // namespace xplenty
