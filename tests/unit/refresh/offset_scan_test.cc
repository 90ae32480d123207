#include "refresh/offset_scan.h"

#include <gtest/gtest.h>

#include "scan_fixture.h"

namespace xplenty::offset_scan_test {
namespace {

Page PageOf(std::initializer_list<int64_t> ids) {
  Page page;
  for (const int64_t id : ids) page.jobs.push_back(MakeJob(id, JobStatus::kRunning, kStart));
  return page;
}

TEST(OffsetScan, SkipsNothingWhenAPageRepeatsRows) {
  ListServer server{.page_size = 3};
  std::set<int64_t> seen;
  for (int64_t id = 1; id <= 8; ++id) server.jobs[id] = MakeJob(id, JobStatus::kRunning, kStart);
  OffsetScan pass;
  while (!pass.done()) {
    Page page = server.Answer({.sort = SortField::kId, .offset = pass.offset()});
    for (const Job& job : page.jobs) seen.insert(job.id);
    const std::vector<Job> once = page.jobs;
    page.jobs.insert(page.jobs.end(), once.begin(), once.end());
    pass.Feed(page, page.last);
  }
  EXPECT_EQ(seen.size(), 8U);
}

TEST(OffsetScan, RepeatsWhileAnyRowIsRepeated) {
  OffsetScan pass;
  for (int i = 0; i < 2; ++i) {  // the second pass finds nothing new and misses row 4 again
    pass.Feed(PageOf({1, 2}), /*ends=*/false);
    pass.Feed(PageOf({2, 3}), /*ends=*/true);
    EXPECT_FALSE(pass.done());
  }
  for (const bool done : {false, true}) {
    pass.Feed(PageOf({1, 2}), /*ends=*/false);
    pass.Feed(PageOf({3, 4}), /*ends=*/true);
    EXPECT_EQ(pass.done(), done);
  }
}

}  // namespace
}  // namespace xplenty::offset_scan_test
