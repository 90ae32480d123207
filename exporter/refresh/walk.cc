#include "refresh/walk.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>

namespace xplenty {
namespace {

// Rows that come while it is read fail a proof too; but each look finds them.
constexpr int kMaxLooks = 3;
// Pages after which a walk is long: most are over before, and are not to cost a request more.
constexpr int64_t kLongWalk = 4;
// A slice with fewer pages left is not worth the page at the edge that its halves share.
constexpr double kPagesWorthACut = 2;

bool IsInOrder(const Page& page, Timestamp since) {
  for (const Job& job : page.jobs) {
    if (!job.updated_at) continue;
    if (*job.updated_at < since) return false;
    since = *job.updated_at;
  }
  return true;
}

}  // namespace

Walk::Walk(Timestamp start, std::chrono::seconds overlap, Timestamp now)
    : start_(start), overlap_(overlap), now_(now), slices_{{start, Timestamp::max()}} {}

PageRequest Walk::FromStart(int64_t offset) const {
  return {.sort = SortField::kUpdatedAt, .status = {}, .since = start_, .offset = offset};
}

std::vector<PageRequest> Walk::Next(size_t at_most) {
  std::vector<PageRequest> requests;
  switch (mode_) {
    case Mode::kSlices:
      CutSlices(at_most);
      for (const Slice& slice : slices_) {
        if (!slice.done() && requests.size() < at_most) requests.push_back(slice.Next());
      }
      break;
    case Mode::kProof:
      requests.push_back(FromStart(rows_.count()));
      break;
    case Mode::kOffset:
      requests.push_back(FromStart(pass_.offset()));
      break;
    case Mode::kDone:
      break;
  }
  return requests;
}

void Walk::CutSlices(size_t wanted) {
  if (pages_ < kLongWalk) return;
  const auto pages_left = [this](const Slice& slice) { return slice.PagesLeft(now_); };
  while (slices_.size() < wanted + (slices_.back().done() ? 1 : 0)) {
    const auto longest = std::ranges::max_element(slices_, {}, pages_left);
    if (pages_left(*longest) <= kPagesWorthACut) return;
    Slice later = longest->CutInHalf(now_);
    slices_.insert(std::next(longest), later);
  }
}

void Walk::Feed(const PageRequest& asked, const Page& page) {
  for (const Job& job : page.jobs) {
    if (job.updated_at) highest_ = std::max(highest_, *job.updated_at);
  }
  const auto slice = std::ranges::find_if(
      slices_, [&](const Slice& each) { return !each.done() && each.Next() == asked; });
  if (mode_ == Mode::kSlices && slice != slices_.end()) return FeedSlice(slice, page);
  if (mode_ == Mode::kProof) return FeedProof(page);
  // A page of the batch whose first pages showed that the server goes its own way is no part of a
  // pass.
  if (mode_ == Mode::kOffset && asked == FromStart(pass_.offset())) return FeedOffset(page);
}

void Walk::FeedSlice(std::vector<Slice>::iterator slice, const Page& page) {
  ++pages_;
  rows_.Add(page);
  const bool readable = page.last || LastUpdate(page).has_value();
  if (!readable || !IsInOrder(page, slice->cursor())) return BeginOffset();
  slice->Feed(page);
  if (slice->done() && slice != std::prev(slices_.end())) slices_.erase(slice);
  completed_ = std::max(completed_, slices_.front().cursor());
  if (slices_.front().done()) ReachEnd();
}

void Walk::FeedProof(const Page& page) {
  const int64_t seen = rows_.count();
  rows_.Add(page);
  const auto beyond = static_cast<int64_t>(page.jobs.size() + page.rejects.size());
  if (page.last && rows_.count() == seen + beyond) return Finish();
  const bool in_vain = looks_ > 0 && seen == rows_then_;
  if (in_vain || looks_ == kMaxLooks) return BeginOffset();
  ++looks_;
  rows_then_ = rows_.count();
  mode_ = Mode::kSlices;
  const Slice& end = slices_.back();
  slices_.assign(1, {std::max(start_, end.cursor() - overlap_), Timestamp::max(), end.pace()});
}

void Walk::BeginOffset() {
  mode_ = Mode::kOffset;
  by_offset_ = true;
  pass_ = Pass();  // begins at the top
}

void Walk::FeedOffset(const Page& page) {
  pass_.Feed(page, page.last);
  if (pass_.done()) Finish();
}

// A first page that is the last holds all rows, whatever their order.
void Walk::ReachEnd() {
  if (pages_ == 1) return Finish();
  mode_ = Mode::kProof;
}

void Walk::Finish() {
  mode_ = Mode::kDone;
  completed_ = std::max(completed_, highest_);
}

}  // namespace xplenty
