#pragma once

#include <cstddef>
#include <vector>

#include "model/job_status.h"
#include "refresh/offset_scan.h"
#include "refresh/page_sequence.h"

namespace xplenty {

// Reads all jobs of one status. A row that moves while several pages are read may be missed by a
// single pass; kUntilStable repeats it as OffsetScan does.
class StatusListing final : public PageSequence {
 public:
  enum class Passes { kOne, kUntilStable };
  StatusListing(JobStatus status, Passes passes) : status_(status), passes_(passes) {}

  std::vector<PageRequest> Next(size_t /*at_most*/) override {
    if (done_) return {};
    return {
        {.sort = SortField::kId, .status = status_, .since = {}, .offset = offset_scan_.offset()}};
  }

  void Feed(const PageRequest& request, const Page& page) override {
    offset_scan_.Feed(page, page.last);
    const bool pass_ended = offset_scan_.offset() == 0;
    const bool single_page = request.offset == 0 && page.last;  // nothing can have moved between
    done_ = offset_scan_.done() || single_page || (passes_ == Passes::kOne && pass_ended);
  }

 private:
  const JobStatus status_;
  const Passes passes_;
  bool done_ = false;
  OffsetScan offset_scan_;
};

}  // namespace xplenty
