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

// Reads all jobs that were updated at `start` or later, oldest update first. A short scan is one
// KeysetScan. A long one is split into several that are fetched in parallel: whenever fewer run
// than the caller allows, the scan with the most pages left is split in half, so all requests are
// used however the jobs are spread over time.
//
// A server that ignores `sort` or `since` is recognised by rows that are out of order or too old;
// the scan then falls back to an OffsetScan. Pages of such a server may look sorted by chance, so
// a scan of more than one page is verified at its end: a request at an offset of as many rows as
// were seen must return no other row. If it does return one, the last `overlap` is read again
// before the scan falls back. Pure; not thread-safe.
class UpdatedJobsScan final : public PageSequence {
 public:
  // `overlap` is how late a row may become visible. `now` is the server's time: jobs that are
  // updated after it belong to the last of the parallel scans.
  UpdatedJobsScan(Timestamp start, std::chrono::seconds overlap, Timestamp now);

  std::vector<PageRequest> Next(size_t at_most) override;
  void Feed(const PageRequest& request, const Page& page) override;

  // Every job that was updated before this time has been read. A scan that is interrupted is
  // continued from here.
  Timestamp completed() const { return completed_; }
  // True when the server ignored `sort` or `since`.
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
  // In order of time. The last one has no end; the others are not done.
  std::vector<KeysetScan> scans_;
  Timestamp completed_ = start_;
  Timestamp highest_ = start_;  // updated_at of any row read
  Mode mode_ = Mode::kKeyset;
  bool by_offset_ = false;
  OffsetScan offset_scan_;
  RowCount rows_;
  int64_t pages_ = 0;                 // read by keyset scans
  int verify_attempts_ = 0;           // failed ones
  int64_t rows_at_last_attempt_ = 0;  // rows that had been seen by then
};

}  // namespace xplenty
