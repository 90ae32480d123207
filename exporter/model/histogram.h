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

// The upper bounds of a histogram's buckets in seconds: finite, ascending, inclusive. The bucket
// "+Inf" is always there beside them.
using BucketBounds = std::vector<double>;

// A job that stands for the others of its bucket (an exemplar of OpenMetrics).
struct JobExemplar {
  int64_t job_id{};
  int64_t seconds{};  // The value that the histogram has observed of it.
  Timestamp finished_at;
  friend bool operator==(const JobExemplar&, const JobExemplar&) = default;

  // Returns whether this job finished later; of two that finished in one second, the higher id did.
  bool IsLaterThan(const JobExemplar& other) const {
    return std::tie(finished_at, job_id) > std::tie(other.finished_at, other.job_id);
  }
};

// Counts whole seconds by bucket and keeps an exemplar for each bucket. It is exact: it rounds
// nothing, and its counts do not depend on the order of values. Not thread-safe.
class Histogram {
 public:
  // Makes an empty histogram. With `native` it counts in exponential buckets, too.
  explicit Histogram(std::shared_ptr<const BucketBounds> bounds, bool native = false)
      : bounds_(std::move(bounds)), counts_(bounds_->size() + 1) {
    if (native) native_.emplace();
  }

  // Counts one value, which must be >= 0. The sum stays at the largest integer when it is reached.
  void Observe(int64_t seconds) {
    ++counts_[BucketOf(seconds)];
    if (native_) native_->Observe(seconds);
    sum_ = SaturatingSum(sum_, seconds);
  }

  // Offers a job that has been observed, or the corrected finish of one, as the exemplar of its
  // bucket. The bucket keeps the job that finished last.
  void OfferExemplar(const JobExemplar& job) {
    if (exemplars_.empty()) exemplars_.resize(counts_.size());
    auto& shown = exemplars_[BucketOf(job.seconds)];
    if (!shown || shown->job_id == job.job_id || job.IsLaterThan(*shown)) shown = job;
  }

  // Returns whether that job is the exemplar of the bucket of that value.
  bool Shows(int64_t job_id, int64_t seconds) const {
    if (exemplars_.empty()) return false;
    const auto& shown = exemplars_[BucketOf(seconds)];
    return shown && shown->job_id == job_id;
  }

  // Replaces the exemplars by those of another histogram with the same bounds.
  void TakeExemplars(const Histogram& other) { exemplars_ = other.exemplars_; }

  // Returns the upper bounds, without "+Inf".
  const BucketBounds& bounds() const { return *bounds_; }

  // Returns the count of each bucket, "+Inf" last. The counts are not cumulative.
  const std::vector<uint64_t>& counts() const { return counts_; }

  // Returns the exemplar of each bucket; an empty list if no bucket has one.
  const std::vector<std::optional<JobExemplar>>& exemplars() const { return exemplars_; }

  // Returns the exponential buckets; nothing if the histogram was made without them.
  const std::optional<NativeBuckets>& native() const { return native_; }

  // Returns the number of values, and below it their sum in seconds.
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
