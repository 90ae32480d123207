#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace xplenty {

// Counts whole seconds in the exponential buckets of Prometheus' native histograms: bucket i holds
// values above 2^((i-1)/8) and at most 2^(i/8), so that a bucket is 9 % wide. Not thread-safe.
class NativeBuckets {
 public:
  // The resolution, as Prometheus calls it: 2^kSchema buckets for each doubling.
  static constexpr int kSchema = 3;

  // Counts one value. A value <= 0 counts as a zero.
  void Observe(int64_t seconds);

  // Returns how many values were <= 0.
  uint64_t zeros() const { return zeros_; }

  // Returns index and count of each bucket that is not empty, by ascending index.
  const std::vector<std::pair<int32_t, uint64_t>>& counts() const { return counts_; }

 private:
  uint64_t zeros_ = 0;
  std::vector<std::pair<int32_t, uint64_t>> counts_;
};

}  // namespace xplenty
