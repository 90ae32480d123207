#include "api/backoff.h"

#include <gtest/gtest.h>

namespace xplenty::backoff_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(BackoffDelay, DoublesUpToThirtySeconds) {
  EXPECT_EQ(BackoffDelay(0, 0.5, {}), milliseconds(250));
  EXPECT_EQ(BackoffDelay(1, 0.5, {}), milliseconds(500));
  EXPECT_EQ(BackoffDelay(5, 0.5, {}), milliseconds(8000));
  EXPECT_EQ(BackoffDelay(6, 0.5, {}), milliseconds(15'000));
  EXPECT_EQ(BackoffDelay(1'000'000, 0.5, {}), milliseconds(15'000));
}

TEST(BackoffDelay, IsSpreadOverTheWholeRange) {
  EXPECT_EQ(BackoffDelay(3, 0.0, {}), milliseconds(0));
  EXPECT_EQ(BackoffDelay(3, 0.999999, {}), milliseconds(3999));
}

TEST(BackoffDelay, HonoursRetryAfter) {
  EXPECT_EQ(BackoffDelay(0, 0.9, seconds(7)), milliseconds(7000));
  EXPECT_EQ(BackoffDelay(6, 0.9, seconds(7)), milliseconds(27'000));
}

}  // namespace
}  // namespace xplenty::backoff_test
