#include "refresh/keyset_scan.h"

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

PageRequest KeysetScan::Next() const {
  return {.sort = SortField::kUpdatedAt,
          .status = {},
          .since = cursor_,
          .offset = same_second_ ? same_second_->offset() : 0};
}

void KeysetScan::Feed(const Page& page) {
  const Timestamp last = LastUpdate(page).value_or(cursor_);
  if (same_second_) {
    same_second_->Feed(page, /*ends=*/page.last || last > cursor_);
    if (!same_second_->done()) return;
    same_second_.reset();
    done_ = page.last;
    if (!done_) Advance(cursor_ + kTick);
  } else if (page.last) {
    done_ = true;
  } else if (last > cursor_) {
    time_per_page_ =
        time_per_page_ == seconds(0) ? last - cursor_ : (time_per_page_ + (last - cursor_)) / 2;
    Advance(last);
  } else {
    same_second_.emplace();
    same_second_->Feed(page, /*ends=*/false);
  }
}

void KeysetScan::Advance(Timestamp to) {
  cursor_ = std::min(to, end_);
  done_ = cursor_ == end_;
}

seconds KeysetScan::Left(Timestamp now) const {
  return std::min(end_, now) - cursor_;
}

double KeysetScan::PagesLeft(Timestamp now) const {
  if (done_) return 0;
  return std::chrono::duration<double>(Left(now)) / std::max(time_per_page_, kTick);
}

KeysetScan KeysetScan::Split(Timestamp now) {
  const Timestamp middle = cursor_ + Left(now) / 2;
  return {middle, std::exchange(end_, middle), time_per_page_};
}

}  // namespace xplenty
