#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/timestamp.h"
#include "model/account_view.h"

namespace xplenty {

// How many series become active as jobs arrive: new ones, which cost Prometheus most, and those
// that return. Not thread-safe.
class SeriesChurn {
 public:
  void Record(Timestamp time, bool is_new) {
    const int64_t hour = HourOf(time);
    Hour& counts = hours_[static_cast<size_t>(hour) % hours_.size()];
    if (counts.hour != hour) counts = {.hour = hour, .series = {}};
    ++(is_new ? counts.series.created : counts.series.returned);
    if (is_new) ++created_;
  }

  // Returns how many new ones there were since the process has started.
  uint64_t created() const { return created_; }
  // Returns how many there were in the hour of a time and the 23 hours before it.
  SeriesCounts LastDay(Timestamp time) const {
    SeriesCounts day;
    for (const Hour& counts : hours_) {
      if (counts.hour > HourOf(time) || counts.hour <= HourOf(time) - 24) continue;
      day.created += counts.series.created;
      day.returned += counts.series.returned;
    }
    return day;
  }

 private:
  struct Hour {
    int64_t hour = -1;  // since 1970
    SeriesCounts series{};
  };
  static int64_t HourOf(Timestamp time) { return ToUnix(time) / 3600; }

  std::array<Hour, 24> hours_;
  uint64_t created_ = 0;
};

}  // namespace xplenty
