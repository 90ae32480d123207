#include "refresh/updated_jobs_scan.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "scan_fixture.h"

namespace xplenty::updated_jobs_scan_test {
namespace {

TEST(UpdatedJobsScan, SendsOneRequestMoreThanPages) {
  ListServer server;
  for (int64_t id = 1; id <= 7; ++id) Put(server, id, 1000 + id);
  UpdatedJobsScan scan(kStart, kOverlap, kNow);
  size_t requests = 0;
  ExpectAllSeen(server, RunToEnd(
                            scan, server, [] {}, &requests));
  EXPECT_EQ(requests,
            5U);  // the row at each edge is read twice; the last request verifies the count
  EXPECT_EQ(scan.completed(), FromUnix(1007));
  EXPECT_FALSE(scan.by_offset());
}

TEST(UpdatedJobsScan, RepeatsTheRequestUntilItIsFed) {
  ListServer server;
  for (int64_t id = 1; id <= 20; ++id) Put(server, id, 1000 + id / 8);
  UpdatedJobsScan scan(kStart, kOverlap, kNow);
  for (auto first = scan.Next(4); !first.empty(); first = scan.Next(4)) {
    const auto again = scan.Next(4);
    EXPECT_EQ(first, again);
    scan.Feed(again.back(), server.Answer(again.back()));
  }
}

TEST(UpdatedJobsScan, ReadsManyRowsOfOneSecond) {
  ListServer server;
  for (int64_t id = 1; id <= 400; ++id) Put(server, id, 1005);
  Put(server, 401, 1004);
  for (int64_t id = 402; id <= 410; ++id) Put(server, id, 1006);
  UpdatedJobsScan scan(kStart, kOverlap, kNow);
  ExpectAllSeen(server, RunToEnd(scan, server));
  EXPECT_FALSE(scan.by_offset());
}

TEST(UpdatedJobsScan, ReadsAllWhenSortIsIgnored) {
  ListServer server{.order = ListServer::Order::kByIdReversed};
  for (int64_t id = 1; id <= 50; ++id) Put(server, id, 1000 + id * 7 % 50);
  UpdatedJobsScan scan(kStart, kOverlap, kNow);
  ExpectAllSeen(server, RunToEnd(scan, server));
  EXPECT_TRUE(scan.by_offset());
}

TEST(UpdatedJobsScan, ReadsAllWhenPagesLookSorted) {
  ListServer server{.order = ListServer::Order::kById};
  for (const int64_t updated : {1001, 1002, 1050, 1003, 1004, 1051, 1005}) {
    Put(server, static_cast<int64_t>(server.jobs.size()) + 1, updated);
  }
  UpdatedJobsScan scan(kStart, kOverlap, kNow);
  FetchPage(scan, server);
  EXPECT_EQ(scan.Next(1).front().since, FromUnix(1050));  // after rows that were not read
  ExpectAllSeen(server, RunToEnd(scan, server));
  EXPECT_TRUE(scan.by_offset());
}

TEST(UpdatedJobsScan, RereadsTheOverlapForLateRows) {
  ListServer server;
  for (int64_t id = 11; id <= 50; ++id) Put(server, id, 2000 + 30 * id);
  UpdatedJobsScan scan(kStart, kOverlap, kNow);
  std::set<Row> seen;
  size_t requests = 0;
  while (!scan.Next(1).empty()) {
    if (scan.Next(1).front().offset == 40)
      Put(server, 1, 2000 + 30 * 49);  // appears late, before the cursor
    for (const Job& job : FetchPage(scan, server).jobs) seen.insert({job.id, *job.updated_at});
    ++requests;
  }
  ExpectAllSeen(server, seen);
  EXPECT_FALSE(scan.by_offset());
  EXPECT_LT(requests, 20U + 7U);
}

TEST(UpdatedJobsScan, ARepeatedRowDoesNotFailVerification) {
  ListServer server{.page_size = 5, .repeats_rows = true};
  for (int64_t id = 1; id <= 9; ++id) Put(server, id, 1000 + id);
  UpdatedJobsScan scan(kStart, kOverlap, kNow);
  ExpectAllSeen(server, RunToEnd(scan, server));
  EXPECT_FALSE(scan.by_offset());
}

TEST(UpdatedJobsScan, ReadsAllWhenSinceIsIgnored) {
  ListServer server{.ignores_since = true};
  for (int64_t id = 1; id <= 50; ++id) Put(server, id, 980 + id);
  UpdatedJobsScan scan(kStart, kOverlap, kNow);
  ExpectAllSeen(server, RunToEnd(scan, server));
  EXPECT_TRUE(scan.by_offset());
}

TEST(UpdatedJobsScan, EndsWhenAllParametersAreIgnored) {
  ListServer server{
      .order = ListServer::Order::kByIdReversed, .ignores_since = true, .ignores_offset = true};
  for (int64_t id = 1; id <= 50; ++id) Put(server, id, 980 + id);
  UpdatedJobsScan scan(kStart, kOverlap, kNow);
  size_t requests = 0;
  RunToEnd(
      scan, server, [] {}, &requests);
  EXPECT_LT(requests, 20U);
  EXPECT_LE(scan.completed(), FromUnix(1030));
}

TEST(UpdatedJobsScan, ReadsPastPagesOfRejectedRows) {
  UpdatedJobsScan scan(kStart, kOverlap, kNow);
  const auto rejects = [](uint64_t from) {
    Page page;
    for (uint64_t i = 0; i < 3; ++i) page.rejects.push_back({.fingerprint = from + i});
    return page;
  };
  const std::vector<Page> pages = {rejects(1), rejects(4),
                                   Page{.jobs = {MakeJob(1, JobStatus::kRunning, FromUnix(1001))},
                                        .rejects = {},
                                        .last = true,
                                        .server_time = {}}};
  bool read = false;
  for (int count = 0; count < 20; ++count) {
    const auto requests = scan.Next(1);
    if (requests.empty()) break;
    const size_t page = std::min<size_t>(static_cast<size_t>(requests.front().offset) / 3, 2);
    read = read || page == 2;
    scan.Feed(requests.front(), pages[page]);
  }
  EXPECT_TRUE(read);
  EXPECT_TRUE(scan.Next(1).empty());
}

TEST(UpdatedJobsScan, CompletesNothingBeforeAFullPage) {
  ListServer server;
  for (int64_t id = 1; id <= 9; ++id) Put(server, id, 1000 + id);
  UpdatedJobsScan scan(kStart, kOverlap, kNow);
  EXPECT_EQ(scan.completed(), kStart);
  FetchPage(scan, server);
  EXPECT_EQ(scan.completed(), FromUnix(1003));
}

// A store that may change in any way between two pages. Time advances, so a changed row moves to
// the end.
struct ChangingList {
  ListServer server;
  int64_t now = 1000;
  int64_t next_id = 1;
  int changes_left = 60;

  void Change() {
    const int count = *rc::gen::inRange(0, 4);
    for (int i = 0; i < count && changes_left > 0; ++i) {
      --changes_left;
      const int kind = *rc::gen::inRange(0, 10);
      now += *rc::gen::inRange(0, 2);
      if (kind < 4 || server.jobs.empty()) {
        Put(server, next_id++, now);
        continue;
      }
      auto job = server.jobs.begin();
      std::advance(job, *rc::gen::inRange<size_t>(0, server.jobs.size()));
      if (kind < 9) {
        job->second.updated_at = FromUnix(now);
      } else {
        server.jobs.erase(job);
      }
    }
  }
};

// The number of pages that are requested in parallel.
size_t DrawWidth() {
  return *rc::gen::inRange<size_t>(1, 9);
}

RC_GTEST_PROP(UpdatedJobsScanProperty, MissesNoRowWhilePagesShift, ()) {
  ChangingList store;
  const int rows = *rc::gen::inRange(0, 60);
  for (int i = 0; i < rows; ++i) {
    store.now += *rc::gen::inRange(0, 3) == 0 ? 0 : *rc::gen::inRange(1, 30);
    Put(store.server, store.next_id++, store.now);
  }
  const Timestamp began = FromUnix(store.now);
  UpdatedJobsScan scan(kStart, kOverlap, began);
  const size_t width = DrawWidth();
  std::set<Row> seen = RunToEnd(
      scan, store.server, [&] { store.Change(); }, nullptr, width);
  const Timestamp next = std::min(scan.completed(), began) - kOverlap;
  UpdatedJobsScan quiet(std::max(kStart, next), kOverlap, FromUnix(store.now));
  seen.merge(RunToEnd(
      quiet, store.server, [] {}, nullptr, width));
  for (const Job& job : store.server.All()) {
    RC_LOG() << "job " << job.id << " of " << ToUnix(*job.updated_at)
             << ", read by offset: " << scan.by_offset() << ", continued from "
             << ToUnix(scan.completed()) << std::endl;
    RC_ASSERT(seen.contains({job.id, *job.updated_at}));
  }
}

// A bound for T rows and changes and pages of L rows: each of at most 4 attempts (the first and 3
// verifications) reads a page per row, each tie 10 times, and a page per split, of which a scan has
// at most one per second; then there are 10 passes by offset. The bound is twice the sum.
RC_GTEST_PROP(UpdatedJobsScanProperty, EndsWithinABoundOfRequests, ()) {
  using Order = ListServer::Order;
  ChangingList store;
  ListServer& server = store.server;
  server.page_size = *rc::gen::inRange<size_t>(2, 8);
  server.order = *rc::gen::element(Order::kAsRequested, Order::kTiesShuffled, Order::kById,
                                   Order::kByIdReversed, Order::kNewestFirst);
  server.ignores_since = *rc::gen::arbitrary<bool>();
  server.ignores_offset = *rc::gen::arbitrary<bool>();
  server.repeats_rows = *rc::gen::arbitrary<bool>();
  const int rows = *rc::gen::inRange(0, 60);
  for (int i = 0; i < rows; ++i) {
    store.now += *rc::gen::inRange(0, 2);
    Put(server, store.next_id++, store.now);
  }
  UpdatedJobsScan scan(kStart, kOverlap, FromUnix(store.now));
  size_t requests = 0;
  RunToEnd(
      scan, server, [&] { store.Change(); }, &requests, DrawWidth());
  const size_t total = 2 * (static_cast<size_t>(rows) + 60);
  const size_t pages = total / server.page_size + 1;
  RC_ASSERT(requests <= 4 * (2 * total + 2 * 10 * pages + 1) + 10 * pages);
}

RC_GTEST_PROP(UpdatedJobsScanProperty, CompletedHoldsAtAnyInterruption, ()) {
  ChangingList store;
  const int rows = *rc::gen::inRange(0, 80);
  for (int i = 0; i < rows; ++i) {
    Put(store.server, store.next_id++, store.now += *rc::gen::inRange(1, 30));
  }
  const int batches = *rc::gen::inRange(1, 15);
  const size_t width = DrawWidth();
  UpdatedJobsScan scan(kStart, kOverlap, FromUnix(store.now));
  std::set<Row> seen;
  for (int i = 0; i < batches; ++i) {
    for (const PageRequest& request : scan.Next(width)) {
      ++store.now;  // every change has its own second, so there are no ties
      if (i > 0 && !store.server.jobs.empty() && *rc::gen::arbitrary<bool>()) {
        auto job = store.server.jobs.begin();
        std::advance(job, *rc::gen::inRange<size_t>(0, store.server.jobs.size()));
        job->second.updated_at = FromUnix(store.now);
      }
      if (*rc::gen::inRange(0, 10) == 0) continue;  // this page fails
      const Page page = store.server.Answer(request);
      for (const Job& job : page.jobs) seen.insert({job.id, *job.updated_at});
      scan.Feed(request, page);
    }
  }
  for (const Job& job : store.server.All()) {
    RC_ASSERT(*job.updated_at >= scan.completed() || seen.contains({job.id, *job.updated_at}));
  }
}

}  // namespace
}  // namespace xplenty::updated_jobs_scan_test
