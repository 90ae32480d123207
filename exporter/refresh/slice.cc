#include "refresh/slice.h"

#include <algorithm>
#include <utility>

namespace xplenty {
namespace {

using std::chrono::seconds;

constexpr seconds kTick{1};  // times are whole seconds: nothing is shorter

}  // namespace

std::optional<Timestamp> LastUpdate(const Page& page) {
  for (auto job = page.jobs.rbegin(); job != page.jobs.rend(); ++job) {
    if (job->updated_at) return job->updated_at;
  }
  return std::nullopt;
}

PageRequest Slice::Next() const {
  return {.sort = SortField::kUpdatedAt,
          .status = {},
          .since = cursor_,
          .offset = tie_ ? tie_->offset() : 0};
}

void Slice::Feed(const Page& page) {
  const Timestamp last = LastUpdate(page).value_or(cursor_);
  if (tie_) {
    tie_->Feed(page, /*ends=*/page.last || last > cursor_);
    if (!tie_->done()) return;
    tie_.reset();
    done_ = page.last;
    if (!done_) Advance(cursor_ + kTick);
  } else if (page.last) {
    done_ = true;
  } else if (last > cursor_) {
    pace_ = pace_ == seconds(0) ? last - cursor_ : (pace_ + (last - cursor_)) / 2;
    Advance(last);
  } else {
    tie_.emplace();
    tie_->Feed(page, /*ends=*/false);
  }
}

void Slice::Advance(Timestamp to) {
  cursor_ = std::min(to, end_);
  done_ = cursor_ == end_;
}

seconds Slice::Left(Timestamp now) const {
  return std::min(end_, now) - cursor_;
}

double Slice::PagesLeft(Timestamp now) const {
  if (done_) return 0;
  return std::chrono::duration<double>(Left(now)) / std::max(pace_, kTick);
}

Slice Slice::CutInHalf(Timestamp now) {
  const Timestamp middle = cursor_ + Left(now) / 2;
  return {middle, std::exchange(end_, middle), pace_};
}

}  // namespace xplenty
