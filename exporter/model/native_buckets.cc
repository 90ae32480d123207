#include "model/native_buckets.h"

#include <algorithm>
#include <cmath>

namespace xplenty {

void NativeBuckets::Observe(int64_t seconds) {
  if (seconds <= 0) {
    ++zeros_;
    return;
  }
  // log2 is exact for powers of two; no other whole number is on a bound.
  const double exponent = std::log2(static_cast<double>(seconds)) * (1 << kSchema);
  const auto index = static_cast<int32_t>(std::ceil(exponent));
  const auto at =
      std::ranges::lower_bound(counts_, index, {}, &std::pair<int32_t, uint64_t>::first);
  if (at != counts_.end() && at->first == index) {
    ++at->second;
  } else {
    counts_.insert(at, {index, 1});
  }
}

}  // namespace xplenty
