#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "jobs/fingerprint.h"
#include "ledger/package_cluster.h"

namespace xplenty {

// The series whose jobs are stored, but not in memory: 8 bytes for each, a hash of its labels. Two
// may have the same hash, so that one that was never added seems to be there. Not thread-safe.
class ForgottenSeries {
 public:
  void Add(const SeriesLabels& labels) {
    hashes_.push_back(HashOf(labels));
    if (hashes_.size() - sorted_ >= kMostUnsorted) Sort();
  }
  bool Contains(const SeriesLabels& labels) const {
    const uint64_t hash = HashOf(labels);
    const auto unsorted = hashes_.begin() + static_cast<ptrdiff_t>(sorted_);
    return std::binary_search(hashes_.begin(), unsorted, hash) ||
           std::find(unsorted, hashes_.end(), hash) != hashes_.end();
  }

 private:
  static constexpr size_t kMostUnsorted = 256;

  static uint64_t HashOf(const SeriesLabels& labels) {
    Fingerprint hash;
    hash.Add('p', labels.package);
    hash.Add('c', labels.cluster);
    return hash.value();
  }
  void Sort() {
    const auto unsorted = hashes_.begin() + static_cast<ptrdiff_t>(sorted_);
    std::sort(unsorted, hashes_.end());
    std::inplace_merge(hashes_.begin(), unsorted, hashes_.end());
    hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
    sorted_ = hashes_.size();
  }

  std::vector<uint64_t> hashes_;
  size_t sorted_ = 0;  // how many of them, from the first on, are in order
};

}  // namespace xplenty
