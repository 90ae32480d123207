#include "ledger/series_churn.h"

namespace xplenty {
namespace {

using std::chrono::hours;

// So few new ones in a day cost nothing.
constexpr uint64_t kFew = 10;

}  // namespace

void SeriesChurn::CopyFrom(const SeriesChurn& earlier) {
  const uint64_t samples_per_series = samples_per_series_;
  *this = earlier;
  samples_per_series_ = samples_per_series;
}

void SeriesChurn::Add(const Changes& changes, Timestamp now) {
  created_samples_ += changes.created * samples_per_series_;
  evicted_samples_ += changes.evicted * samples_per_series_;
  if (changes.created + changes.finished_jobs == 0) return;
  Hour& hour = hours_[std::chrono::floor<hours>(now)];
  hour.created += changes.created;
  hour.finished_jobs += changes.finished_jobs;
}

bool SeriesChurn::SetTime(Timestamp now) {
  hours_.erase(hours_.begin(), hours_.upper_bound(std::chrono::floor<hours>(now) - hours(24)));
  const uint64_t before = new_in_a_day_;
  new_in_a_day_ = NewInADay();
  return new_in_a_day_ != before;
}

// A job whose package and cluster are known returns to them: no more may do so than make new ones.
uint64_t SeriesChurn::NewInADay() const {
  Hour day;
  for (const auto& [start, hour] : hours_) {
    day.created += hour.created;
    day.finished_jobs += hour.finished_jobs;
  }
  return day.created < kFew || 2 * day.created <= day.finished_jobs ? 0 : day.created;
}

void SeriesChurn::FillView(AccountView& view) const {
  view.created_series = created_samples_;
  view.evicted_series = evicted_samples_;
  view.daily_new_series = new_in_a_day_ * samples_per_series_;
}

}  // namespace xplenty
