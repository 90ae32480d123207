#include "status_page/status_query.h"

#include <gtest/gtest.h>

namespace xplenty::status_query_test {
namespace {

Result<StatusQuery> Parse(HttpFields params) {
  return ParseStatusQuery({.path = "/", .params = std::move(params)});
}

TEST(StatusQuery, DefaultsToFirstPagesByName) {
  const auto query = Parse({{"utm_source", "mail"}});
  ASSERT_TRUE(query);
  EXPECT_EQ(*query, StatusQuery());
  EXPECT_EQ(query->Link(), "/");
  EXPECT_EQ(query->sort, PackageSort::kPackage);
  EXPECT_EQ(query->page(StatusList::kFailures), 1U);
}

TEST(StatusQuery, ReadsWhatItsLinkSays) {
  const auto query = Parse({{"filter", "sales & more"},
                            {"sort", "records"},
                            {"order", "desc"},
                            {"running", "2"},
                            {"packages", "1000000"}});
  ASSERT_TRUE(query);
  EXPECT_EQ(query->filter, "sales & more");
  EXPECT_EQ(query->sort, PackageSort::kRecords);
  EXPECT_TRUE(query->descending);
  EXPECT_EQ(query->page(StatusList::kRunning), 2U);
  EXPECT_EQ(query->Link(),
            "/?filter=sales%20%26%20more&sort=records&order=desc&running=2&packages=1000000");
}

TEST(StatusQuery, RefusesUnknownValues) {
  const struct {
    const char* name;
    const char* value;
    const char* message;
  } kCases[] = {
      {"sort", "Records",
       "sort: package, finish, success, failures, runtime or records is expected, not \"Records\""},
      {"order", "", "order: asc or desc is expected, not \"\""},
      {"running", "0", "running: a page from 1 to 1000000 is expected, not \"0\""},
      {"waiting", "1000001", "waiting: a page from 1 to 1000000 is expected, not \"1000001\""},
      {"failures", "-1", "failures: a page from 1 to 1000000 is expected, not \"-1\""},
      {"packages", "1 ", "packages: a page from 1 to 1000000 is expected, not \"1 \""},
      {"packages", "99999999999999999999",
       "packages: a page from 1 to 1000000 is expected, not \"99999999999999999999\""},
      {"sort", "\n",
       "sort: package, finish, success, failures, runtime or records is expected, not "
       "\"\xEF\xBF\xBD\""},
  };
  for (const auto& test : kCases) {
    const auto query = Parse({{test.name, test.value}});
    ASSERT_FALSE(query) << test.name;
    EXPECT_EQ(query.error().message, test.message);
  }
}

TEST(StatusQuery, CutsAndCleansTheFilter) {
  const auto query = Parse({{"filter", "\xFF" + std::string(500, 'x')}});
  ASSERT_TRUE(query);
  EXPECT_EQ(query->filter, "\xEF\xBF\xBD" + std::string(197, 'x'));
}

TEST(StatusQuery, FilterIgnoresCase) {
  StatusQuery query;
  EXPECT_TRUE(query.Accepts({"", ""}));
  query.filter = "Ale";
  EXPECT_TRUE(query.Accepts({"SALES", "blue"}));
  EXPECT_TRUE(query.Accepts({"x", "female"}));
  EXPECT_FALSE(query.Accepts({"sa", "les"}));
}

TEST(StatusQuery, SameColumnReversesTheOrder) {
  StatusQuery query;
  query = query.WithPage(StatusList::kPackages, 7).WithPage(StatusList::kRunning, 3);
  const StatusQuery by_name = query.SortedBy(PackageSort::kPackage);
  EXPECT_TRUE(by_name.descending);
  EXPECT_EQ(by_name.page(StatusList::kPackages), 1U);
  EXPECT_EQ(by_name.page(StatusList::kRunning), 3U);
  EXPECT_FALSE(by_name.SortedBy(PackageSort::kPackage).descending);
  // The largest numbers come first.
  EXPECT_TRUE(query.SortedBy(PackageSort::kFailures).descending);
  EXPECT_FALSE(query.SortedBy(PackageSort::kFailures).SortedBy(PackageSort::kFailures).descending);
}

}  // namespace
}  // namespace xplenty::status_query_test
