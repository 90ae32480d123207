#include "model/native_buckets.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include <gtest/gtest.h>

#include "model/histogram.h"

namespace xplenty::native_buckets_test {
namespace {

TEST(NativeBuckets, HoldEachValueBetweenTheirBounds) {
  const double base = std::exp2(std::exp2(-NativeBuckets::kSchema));
  for (int64_t seconds = 1; seconds < 100'000; seconds += 1 + seconds / 50) {
    NativeBuckets buckets;
    buckets.Observe(seconds);
    ASSERT_EQ(buckets.counts().size(), 1U);
    const auto [index, count] = buckets.counts().front();
    EXPECT_EQ(count, 1U);
    const auto value = static_cast<double>(seconds);
    EXPECT_GT(value * (1 + 1e-12), std::pow(base, index - 1)) << seconds;
    EXPECT_LE(value, std::pow(base, index) * (1 + 1e-12)) << seconds;
  }
}

TEST(NativeBuckets, UpperBoundsArePowersOfTwo) {
  for (int power = 0; power < 40; ++power) {
    NativeBuckets buckets;
    buckets.Observe(int64_t{1} << power);
    EXPECT_EQ(buckets.counts().front().first, power * 8);
  }
}

TEST(NativeBuckets, CountZeroApart) {
  NativeBuckets buckets;
  buckets.Observe(0);
  buckets.Observe(0);
  EXPECT_EQ(buckets.zeros(), 2U);
  EXPECT_TRUE(buckets.counts().empty());
}

TEST(NativeBuckets, AreAscendingForAnyOrder) {
  NativeBuckets buckets;
  std::map<int32_t, uint64_t> expected;
  for (const int64_t seconds : {600, 3, 60, 3, 1, 86400, 61, 600}) {
    NativeBuckets one;
    one.Observe(seconds);
    ++expected[one.counts().front().first];
    buckets.Observe(seconds);
  }
  EXPECT_EQ((std::map<int32_t, uint64_t>(buckets.counts().begin(), buckets.counts().end())),
            expected);
  EXPECT_TRUE(std::ranges::is_sorted(buckets.counts()));
}

TEST(NativeBuckets, AreKeptOnRequestOnly) {
  const auto bounds = std::make_shared<const BucketBounds>(BucketBounds{10});
  for (const bool native : {false, true}) {
    Histogram histogram(bounds, native);
    histogram.Observe(64);
    ASSERT_EQ(histogram.native().has_value(), native);
    if (native) {
      EXPECT_EQ(histogram.native()->counts().front().first, 48);
    }
  }
}

}  // namespace
}  // namespace xplenty::native_buckets_test
