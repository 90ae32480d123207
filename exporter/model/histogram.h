#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "base/timestamp.h"
#include "model/job.h"
#include "model/native_buckets.h"

namespace xplenty {

// Ascending upper bounds in seconds, inclusive; "+Inf" is implied.
using BucketBounds = std::vector<double>;

// A job that shows what a bucket is made of.
struct JobExemplar {
  int64_t job_id{};
  int64_t seconds{};  // what was observed of it
  Timestamp finished_at;
  friend bool operator==(const JobExemplar&, const JobExemplar&) = default;

  bool IsLaterThan(const JobExemplar& other) const {
    return std::tie(finished_at, job_id) > std::tie(other.finished_at, other.job_id);
  }
};

// Whole seconds observed, by bucket, and the latest job of each bucket. Exact: nothing here is
// rounded, and the order of what is observed does not matter.
class Histogram {
 public:
  // With `native` it keeps exponential buckets beside its own.
  explicit Histogram(std::shared_ptr<const BucketBounds> bounds, bool native = false)
      : bounds_(std::move(bounds)), counts_(bounds_->size() + 1) {
    if (native) native_.emplace();
  }

  void Observe(int64_t seconds) {
    ++counts_[BucketOf(seconds)];
    if (native_) native_->Observe(seconds);
    sum_ = SaturatingSum(sum_, seconds);
  }

  // A job that has been observed, or whose finish time is corrected. Of two the later is kept.
  void Show(const JobExemplar& job) {
    if (exemplars_.empty()) exemplars_.resize(counts_.size());
    auto& shown = exemplars_[BucketOf(job.seconds)];
    if (!shown || shown->job_id == job.job_id || job.IsLaterThan(*shown)) shown = job;
  }
  // Whether that job is shown.
  bool Shows(int64_t job_id, int64_t seconds) const {
    if (exemplars_.empty()) return false;
    const auto& shown = exemplars_[BucketOf(seconds)];
    return shown && shown->job_id == job_id;
  }
  void TakeExemplars(const Histogram& other) { exemplars_ = other.exemplars_; }

  const BucketBounds& bounds() const { return *bounds_; }
  // One count a bound and one above them all; not cumulative.
  const std::vector<uint64_t>& counts() const { return counts_; }
  // One a bucket, or none at all.
  const std::vector<std::optional<JobExemplar>>& exemplars() const { return exemplars_; }
  const std::optional<NativeBuckets>& native() const { return native_; }
  uint64_t count() const { return std::accumulate(counts_.begin(), counts_.end(), uint64_t{0}); }
  int64_t sum() const { return sum_; }

 private:
  size_t BucketOf(int64_t seconds) const {
    const auto bound =
        std::lower_bound(bounds_->begin(), bounds_->end(), static_cast<double>(seconds));
    return static_cast<size_t>(bound - bounds_->begin());
  }

  std::shared_ptr<const BucketBounds> bounds_;
  std::vector<uint64_t> counts_;
  std::vector<std::optional<JobExemplar>> exemplars_;
  std::optional<NativeBuckets> native_;
  int64_t sum_ = 0;
};

}  // namespace xplenty
