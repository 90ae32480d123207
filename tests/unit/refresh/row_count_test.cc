#include "refresh/row_count.h"

#include <initializer_list>

#include <gtest/gtest.h>

namespace xplenty::row_count_test {
namespace {

Page PageOf(std::initializer_list<int64_t> ids, std::initializer_list<uint64_t> rejects = {}) {
  Page page;
  for (const int64_t id : ids) page.jobs.emplace_back().id = id;
  for (const uint64_t fingerprint : rejects) page.rejects.emplace_back().fingerprint = fingerprint;
  return page;
}

TEST(RowCount, CountsRowsOfSeveralPagesOnce) {
  RowCount rows;
  EXPECT_EQ(rows.count(), 0);
  rows.Add(PageOf({3, 1, 2}));
  rows.Add(PageOf({2, 4}));
  EXPECT_EQ(rows.count(), 4);
  rows.Add(PageOf({1, 4, 5}));
  EXPECT_EQ(rows.count(), 5);
}

TEST(RowCount, CountsRepetitionsOnOnePage) {
  RowCount rows;
  rows.Add(PageOf({1, 1, 2}));
  EXPECT_EQ(rows.count(), 3);
  rows.Add(PageOf({1, 2, 2, 2, 1}));
  rows.Add(PageOf({1}));
  EXPECT_EQ(rows.count(), 5);
}

TEST(RowCount, KeepsRejectedRowsApartFromJobs) {
  RowCount rows;
  rows.Add(PageOf({1, 2}, {2, 4}));
  rows.Add(PageOf({2}, {4, 4, 6}));
  EXPECT_EQ(rows.count(), 6);
}

}  // namespace
}  // namespace xplenty::row_count_test
