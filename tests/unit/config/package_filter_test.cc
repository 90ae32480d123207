#include "config/package_filter.h"

#include <gtest/gtest.h>

namespace xplenty::package_filter_test {
namespace {

bool Includes(const std::vector<std::string>& include, const std::vector<std::string>& exclude,
              std::string_view package) {
  const auto filter = PackageFilter::Create(include, exclude);
  EXPECT_TRUE(filter);
  return filter && filter->Includes(package);
}

TEST(PackageFilter, EmptyFilterIncludesAll) {
  EXPECT_TRUE(Includes({}, {}, "sales"));
  EXPECT_TRUE(Includes({}, {}, ""));
}

TEST(PackageFilter, MatchesWholeNames) {
  EXPECT_TRUE(Includes({"sales_.*"}, {}, "sales_daily"));
  EXPECT_FALSE(Includes({"sales"}, {}, "sales_daily"));
  EXPECT_FALSE(Includes({"daily"}, {}, "sales_daily"));
  EXPECT_TRUE(Includes({"a|sales_daily"}, {}, "sales_daily"));
}

TEST(PackageFilter, ExcludesEvenWhatIsIncluded) {
  EXPECT_FALSE(Includes({"sales_.*"}, {".*_test"}, "sales_test"));
  EXPECT_FALSE(Includes({}, {".*_test"}, "sales_test"));
  EXPECT_TRUE(Includes({}, {".*_test"}, "sales"));
}

TEST(PackageFilter, TakesNamesOfAnyLetters) {
  EXPECT_TRUE(Includes({"größe.*"}, {}, "größe_1"));
  EXPECT_TRUE(Includes({"...."}, {}, "日本語x")) << "a character is not a byte";
}

}  // namespace
}  // namespace xplenty::package_filter_test
