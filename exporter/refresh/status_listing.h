#pragma once

#include <cstddef>
#include <vector>

#include "model/job_status.h"
#include "refresh/page_sequence.h"
#include "refresh/pass.h"

namespace xplenty {

// Reads all jobs of one status. A row that moves while several pages are read may be missed by a
// single pass; kUntilQuiet repeats it as Pass does.
class StatusListing final : public PageSequence {
 public:
  enum class Passes { kOne, kUntilQuiet };
  StatusListing(JobStatus status, Passes passes) : status_(status), passes_(passes) {}

  std::vector<PageRequest> Next(size_t /*at_most*/) override {
    if (done_) return {};
    return {{.sort = SortField::kId, .status = status_, .since = {}, .offset = pass_.offset()}};
  }

  void Feed(const PageRequest& asked, const Page& page) override {
    pass_.Feed(page, page.last);
    const bool pass_ended = pass_.offset() == 0;
    const bool single_page = asked.offset == 0 && page.last;  // nothing can have moved between
    done_ = pass_.done() || single_page || (passes_ == Passes::kOne && pass_ended);
  }

 private:
  const JobStatus status_;
  const Passes passes_;
  bool done_ = false;
  Pass pass_;
};

}  // namespace xplenty
