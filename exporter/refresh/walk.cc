#include "refresh/walk.h"

#include <algorithm>
#include <chrono>

namespace xplenty {
namespace {

// Rows that come while it is read fail a proof too; but each look finds them.
constexpr int kMaxLooks = 3;

std::optional<Timestamp> LastUpdate(const Page& page) {
  for (auto job = page.jobs.rbegin(); job != page.jobs.rend(); ++job) {
    if (job->updated_at) return job->updated_at;
  }
  return std::nullopt;
}

}  // namespace

std::optional<PageRequest> Walk::Next() const {
  PageRequest request{.sort = SortField::kUpdatedAt, .status = {}, .since = cursor_, .offset = 0};
  switch (mode_) {
    case Mode::kCursor:
      return request;
    case Mode::kTie:
      request.offset = pass_.offset();
      return request;
    case Mode::kProof:
      request.since = start_;
      request.offset = rows_.count();
      return request;
    case Mode::kOffset:
      request.since = start_;
      request.offset = pass_.offset();
      return request;
    case Mode::kDone:
      break;
  }
  return std::nullopt;
}

void Walk::Feed(const Page& page) {
  for (const Job& job : page.jobs) {
    if (job.updated_at) highest_ = std::max(highest_, *job.updated_at);
  }
  if (mode_ == Mode::kProof) return FeedProof(page);
  if (mode_ == Mode::kOffset) return FeedOffset(page);
  ++pages_;
  rows_.Add(page);
  const auto last = LastUpdate(page);
  if (!IsInOrder(page) || (!last && !page.last)) return BeginOffset();
  if (mode_ == Mode::kCursor) return FeedCursor(page, last);
  if (mode_ == Mode::kTie) return FeedTie(page, last);
}

bool Walk::IsInOrder(const Page& page) const {
  Timestamp previous = cursor_;
  for (const Job& job : page.jobs) {
    if (!job.updated_at) continue;
    if (*job.updated_at < previous) return false;
    previous = *job.updated_at;
  }
  return true;
}

void Walk::FeedCursor(const Page& page, std::optional<Timestamp> last) {
  if (page.last) return ReachEnd();
  if (*last > cursor_) {
    cursor_ = *last;
    completed_ = std::max(completed_, cursor_);
    return;
  }
  mode_ = Mode::kTie;
  pass_ = Pass();
  pass_.Feed(page, /*ends=*/false);
}

void Walk::FeedTie(const Page& page, std::optional<Timestamp> last) {
  pass_.Feed(page, /*ends=*/page.last || *last > cursor_);
  if (!pass_.done()) return;
  if (page.last) return ReachEnd();
  mode_ = Mode::kCursor;
  cursor_ += std::chrono::seconds(1);
  completed_ = std::max(completed_, cursor_);
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
  mode_ = Mode::kCursor;
  cursor_ = std::max(start_, cursor_ - overlap_);
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

std::optional<PageRequest> StatusListing::Next() const {
  if (done_) return std::nullopt;
  return PageRequest{
      .sort = SortField::kId, .status = status_, .since = {}, .offset = pass_.offset()};
}

void StatusListing::Feed(const Page& page) {
  const int64_t offset = pass_.offset();
  pass_.Feed(page, page.last);
  const bool pass_ended = pass_.offset() == 0;
  const bool single_page = offset == 0 && page.last;  // nothing can have moved between pages
  done_ = pass_.done() || single_page || (passes_ == Passes::kOne && pass_ended);
}

}  // namespace xplenty
