#include "refresh/updated_jobs_scan.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>

namespace xplenty {
namespace {

// Rows that come while it is read fail a proof too; but each look finds them.
constexpr int kMaxVerifyAttempts = 3;
// Pages after which a walk is long: most are over before, and are not to cost a request more.
constexpr int64_t kPagesBeforeSplit = 4;
// A slice with fewer pages left is not worth the page at the edge that its halves share.
constexpr double kMinPagesToSplit = 2;

bool IsInOrder(const Page& page, Timestamp since) {
  for (const Job& job : page.jobs) {
    if (!job.updated_at) continue;
    if (*job.updated_at < since) return false;
    since = *job.updated_at;
  }
  return true;
}

}  // namespace

UpdatedJobsScan::UpdatedJobsScan(Timestamp start, std::chrono::seconds overlap, Timestamp now)
    : start_(start), overlap_(overlap), now_(now), scans_{{start, Timestamp::max()}} {}

PageRequest UpdatedJobsScan::FromStart(int64_t offset) const {
  return {.sort = SortField::kUpdatedAt, .status = {}, .since = start_, .offset = offset};
}

std::vector<PageRequest> UpdatedJobsScan::Next(size_t at_most) {
  std::vector<PageRequest> requests;
  switch (mode_) {
    case Mode::kKeyset:
      SplitScans(at_most);
      for (const KeysetScan& scan : scans_) {
        if (!scan.done() && requests.size() < at_most) requests.push_back(scan.Next());
      }
      break;
    case Mode::kVerify:
      requests.push_back(FromStart(rows_.count()));
      break;
    case Mode::kOffset:
      requests.push_back(FromStart(offset_scan_.offset()));
      break;
    case Mode::kDone:
      break;
  }
  return requests;
}

void UpdatedJobsScan::SplitScans(size_t wanted) {
  if (pages_ < kPagesBeforeSplit) return;
  const auto pages_left = [this](const KeysetScan& scan) { return scan.PagesLeft(now_); };
  while (scans_.size() < wanted + (scans_.back().done() ? 1 : 0)) {
    const auto longest = std::ranges::max_element(scans_, {}, pages_left);
    if (pages_left(*longest) <= kMinPagesToSplit) return;
    KeysetScan later = longest->Split(now_);
    scans_.insert(std::next(longest), later);
  }
}

void UpdatedJobsScan::Feed(const PageRequest& request, const Page& page) {
  for (const Job& job : page.jobs) {
    if (job.updated_at) highest_ = std::max(highest_, *job.updated_at);
  }
  const auto scan = std::ranges::find_if(
      scans_, [&](const KeysetScan& each) { return !each.done() && each.Next() == request; });
  if (mode_ == Mode::kKeyset && scan != scans_.end()) return FeedKeyset(scan, page);
  if (mode_ == Mode::kVerify) return FeedVerify(page);
  // A page of the batch whose first pages showed that the server goes its own way is no part of a
  // pass.
  if (mode_ == Mode::kOffset && request == FromStart(offset_scan_.offset()))
    return FeedOffset(page);
}

void UpdatedJobsScan::FeedKeyset(std::vector<KeysetScan>::iterator scan, const Page& page) {
  ++pages_;
  rows_.Add(page);
  const bool readable = page.last || LastUpdate(page).has_value();
  if (!readable || !IsInOrder(page, scan->cursor())) return BeginOffset();
  scan->Feed(page);
  if (scan->done() && scan != std::prev(scans_.end())) scans_.erase(scan);
  completed_ = std::max(completed_, scans_.front().cursor());
  if (scans_.front().done()) ReachEnd();
}

void UpdatedJobsScan::FeedVerify(const Page& page) {
  const int64_t seen = rows_.count();
  rows_.Add(page);
  const auto beyond = static_cast<int64_t>(page.jobs.size() + page.rejects.size());
  if (page.last && rows_.count() == seen + beyond) return Finish();
  const bool no_progress = verify_attempts_ > 0 && seen == rows_at_last_attempt_;
  if (no_progress || verify_attempts_ == kMaxVerifyAttempts) return BeginOffset();
  ++verify_attempts_;
  rows_at_last_attempt_ = rows_.count();
  mode_ = Mode::kKeyset;
  const KeysetScan& end = scans_.back();
  scans_.assign(1,
                {std::max(start_, end.cursor() - overlap_), Timestamp::max(), end.time_per_page()});
}

void UpdatedJobsScan::BeginOffset() {
  mode_ = Mode::kOffset;
  by_offset_ = true;
  offset_scan_ = OffsetScan();  // begins at the top
}

void UpdatedJobsScan::FeedOffset(const Page& page) {
  offset_scan_.Feed(page, page.last);
  if (offset_scan_.done()) Finish();
}

// A first page that is the last holds all rows, whatever their order.
void UpdatedJobsScan::ReachEnd() {
  if (pages_ == 1) return Finish();
  mode_ = Mode::kVerify;
}

void UpdatedJobsScan::Finish() {
  mode_ = Mode::kDone;
  completed_ = std::max(completed_, highest_);
}

}  // namespace xplenty
