#include "ledger/forgotten_series.h"

#include <string>

#include <gtest/gtest.h>

namespace xplenty::forgotten_series_test {
namespace {

TEST(ForgottenSeries, ContainsWhatWasAdded) {
  ForgottenSeries forgotten;
  EXPECT_FALSE(forgotten.Contains({"p", "c"}));
  for (int i = 0; i < 1000; ++i) {
    const SeriesLabels labels{"p", "c" + std::to_string(i)};
    EXPECT_FALSE(forgotten.Contains(labels));
    forgotten.Add(labels);
    forgotten.Add(labels);
    EXPECT_TRUE(forgotten.Contains(labels));
  }
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(forgotten.Contains({"p", "c" + std::to_string(i)}));
  EXPECT_FALSE(forgotten.Contains({"c1", "p"}));
  EXPECT_FALSE(forgotten.Contains({"pc", "1"}));
}

}  // namespace
}  // namespace xplenty::forgotten_series_test
