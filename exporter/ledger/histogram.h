#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

namespace xplenty {

// Ascending upper bounds in seconds, inclusive; "+Inf" is implied.
using BucketBounds = std::vector<double>;

// Whole seconds observed, by bucket. Exact: nothing here is rounded.
class Histogram {
 public:
  explicit Histogram(std::shared_ptr<const BucketBounds> bounds)
      : bounds_(std::move(bounds)), counts_(bounds_->size() + 1) {}

  void Observe(int64_t seconds) {
    const auto bound =
        std::lower_bound(bounds_->begin(), bounds_->end(), static_cast<double>(seconds));
    ++counts_[static_cast<size_t>(bound - bounds_->begin())];
    sum_ += seconds;
  }

  const BucketBounds& bounds() const { return *bounds_; }
  // One count a bound and one above them all; not cumulative.
  const std::vector<uint64_t>& counts() const { return counts_; }
  uint64_t count() const { return std::accumulate(counts_.begin(), counts_.end(), uint64_t{0}); }
  int64_t sum() const { return sum_; }

 private:
  std::shared_ptr<const BucketBounds> bounds_;
  std::vector<uint64_t> counts_;
  int64_t sum_ = 0;
};

}  // namespace xplenty
