#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace xplenty {

// Whole seconds in the exponential buckets of Prometheus' native histograms: bucket i holds what is
// above 2^((i-1)/8) and at most 2^(i/8), which is within 9 % of each other.
class NativeBuckets {
 public:
  static constexpr int kSchema = 3;  // 2^3 buckets for each doubling

  void Observe(int64_t seconds);

  uint64_t zeros() const { return zeros_; }
  // By index, ascending; those that are not empty.
  const std::vector<std::pair<int32_t, uint64_t>>& counts() const { return counts_; }

 private:
  uint64_t zeros_ = 0;
  std::vector<std::pair<int32_t, uint64_t>> counts_;
};

}  // namespace xplenty
