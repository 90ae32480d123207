#include "refresh/updated_jobs_scan.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "scan_fixture.h"

namespace xplenty {
namespace {

TEST(UpdatedJobsScan, SendsOneRequestMoreThanPages) {
  ListServer server;
  for (int64_t id = 1; id <= 7; ++id) Put(server, id, 1000 + id);
  UpdatedJobsScan walk(kStart, kOverlap, kNow);
  size_t requests = 0;
  ExpectAllSeen(server, RunToEnd(
                            walk, server, [] {}, &requests));
  EXPECT_EQ(requests, 5U);  // the row at each edge is read twice; the last one proves the count
  EXPECT_EQ(walk.completed(), FromUnix(1007));
  EXPECT_FALSE(walk.by_offset());
}

TEST(UpdatedJobsScan, RepeatsTheRequestUntilItIsFed) {
  ListServer server;
  for (int64_t id = 1; id <= 20; ++id) Put(server, id, 1000 + id / 8);
  UpdatedJobsScan walk(kStart, kOverlap, kNow);
  for (auto first = walk.Next(4); !first.empty(); first = walk.Next(4)) {
    const auto again = walk.Next(4);
    EXPECT_EQ(first, again);
    walk.Feed(again.back(), server.Answer(again.back()));
  }
}

TEST(UpdatedJobsScan, ReadsManyRowsOfOneSecond) {
  ListServer server;
  for (int64_t id = 1; id <= 400; ++id) Put(server, id, 1005);
  Put(server, 401, 1004);
  for (int64_t id = 402; id <= 410; ++id) Put(server, id, 1006);
  UpdatedJobsScan walk(kStart, kOverlap, kNow);
  ExpectAllSeen(server, RunToEnd(walk, server));
  EXPECT_FALSE(walk.by_offset());
}

TEST(UpdatedJobsScan, ReadsAllWhenSortIsIgnored) {
  ListServer server{.order = ListServer::Order::kByIdReversed};
  for (int64_t id = 1; id <= 50; ++id) Put(server, id, 1000 + id * 7 % 50);
  UpdatedJobsScan walk(kStart, kOverlap, kNow);
  ExpectAllSeen(server, RunToEnd(walk, server));
  EXPECT_TRUE(walk.by_offset());
}

TEST(UpdatedJobsScan, ReadsAllWhenPagesLookSorted) {
  ListServer server{.order = ListServer::Order::kById};
  for (const int64_t updated : {1001, 1002, 1050, 1003, 1004, 1051, 1005}) {
    Put(server, static_cast<int64_t>(server.jobs.size()) + 1, updated);
  }
  UpdatedJobsScan walk(kStart, kOverlap, kNow);
  Step(walk, server);
  EXPECT_EQ(walk.Next(1).front().since, FromUnix(1050));  // beyond rows that were not read
  ExpectAllSeen(server, RunToEnd(walk, server));
  EXPECT_TRUE(walk.by_offset());
}

TEST(UpdatedJobsScan, RereadsTheOverlapForLateRows) {
  ListServer server;
  for (int64_t id = 11; id <= 50; ++id) Put(server, id, 2000 + 30 * id);
  UpdatedJobsScan walk(kStart, kOverlap, kNow);
  std::set<Row> seen;
  size_t requests = 0;
  while (!walk.Next(1).empty()) {
    if (walk.Next(1).front().offset == 40)
      Put(server, 1, 2000 + 30 * 49);  // late, behind the cursor
    for (const Job& job : Step(walk, server).jobs) seen.insert({job.id, *job.updated_at});
    ++requests;
  }
  ExpectAllSeen(server, seen);
  EXPECT_FALSE(walk.by_offset());
  EXPECT_LT(requests, 20U + 7U);
}

TEST(UpdatedJobsScan, ARepeatedRowDoesNotFailVerification) {
  ListServer server{.page_size = 5, .repeats_rows = true};
  for (int64_t id = 1; id <= 9; ++id) Put(server, id, 1000 + id);
  UpdatedJobsScan walk(kStart, kOverlap, kNow);
  ExpectAllSeen(server, RunToEnd(walk, server));
  EXPECT_FALSE(walk.by_offset());
}

TEST(UpdatedJobsScan, ReadsAllWhenSinceIsIgnored) {
  ListServer server{.ignores_since = true};
  for (int64_t id = 1; id <= 50; ++id) Put(server, id, 980 + id);
  UpdatedJobsScan walk(kStart, kOverlap, kNow);
  ExpectAllSeen(server, RunToEnd(walk, server));
  EXPECT_TRUE(walk.by_offset());
}

TEST(UpdatedJobsScan, EndsWhenAllParametersAreIgnored) {
  ListServer server{
      .order = ListServer::Order::kByIdReversed, .ignores_since = true, .ignores_offset = true};
  for (int64_t id = 1; id <= 50; ++id) Put(server, id, 980 + id);
  UpdatedJobsScan walk(kStart, kOverlap, kNow);
  size_t requests = 0;
  RunToEnd(
      walk, server, [] {}, &requests);
  EXPECT_LT(requests, 20U);
  EXPECT_LE(walk.completed(), FromUnix(1030));
}

TEST(UpdatedJobsScan, ReadsPastPagesOfRejectedRows) {
  UpdatedJobsScan walk(kStart, kOverlap, kNow);
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
    const auto requests = walk.Next(1);
    if (requests.empty()) break;
    const size_t page = std::min<size_t>(static_cast<size_t>(requests.front().offset) / 3, 2);
    read = read || page == 2;
    walk.Feed(requests.front(), pages[page]);
  }
  EXPECT_TRUE(read);
  EXPECT_TRUE(walk.Next(1).empty());
}

TEST(UpdatedJobsScan, CompletesNothingBeforeAFullPage) {
  ListServer server;
  for (int64_t id = 1; id <= 9; ++id) Put(server, id, 1000 + id);
  UpdatedJobsScan walk(kStart, kOverlap, kNow);
  EXPECT_EQ(walk.completed(), kStart);
  Step(walk, server);
  EXPECT_EQ(walk.completed(), FromUnix(1003));
}

// A store in which anything may happen between two pages; time goes on, so that a change moves its
// row to the end.
struct LivelyStore {
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

// How many pages are asked for side by side.
size_t DrawWidth() {
  return *rc::gen::inRange<size_t>(1, 9);
}

RC_GTEST_PROP(UpdatedJobsScanProperty, MissesNoRowWhilePagesShift, ()) {
  LivelyStore store;
  const int rows = *rc::gen::inRange(0, 60);
  for (int i = 0; i < rows; ++i) {
    store.now += *rc::gen::inRange(0, 3) == 0 ? 0 : *rc::gen::inRange(1, 30);
    Put(store.server, store.next_id++, store.now);
  }
  const Timestamp began = FromUnix(store.now);
  UpdatedJobsScan walk(kStart, kOverlap, began);
  const size_t width = DrawWidth();
  std::set<Row> seen = RunToEnd(
      walk, store.server, [&] { store.Change(); }, nullptr, width);
  const Timestamp next = std::min(walk.completed(), began) - kOverlap;
  UpdatedJobsScan quiet(std::max(kStart, next), kOverlap, FromUnix(store.now));
  seen.merge(RunToEnd(
      quiet, store.server, [] {}, nullptr, width));
  for (const Job& job : store.server.All()) {
    RC_LOG() << "job " << job.id << " of " << ToUnix(*job.updated_at)
             << ", read by offset: " << walk.by_offset() << ", read on from "
             << ToUnix(walk.completed()) << std::endl;
    RC_ASSERT(seen.contains({job.id, *job.updated_at}));
  }
}

// Of T rows and changes in pages of L: each of at most 4 looks (the first and 3 more) reads a page
// a row, each tie 10 times, and a page for each cut, of which no slice has more than its seconds;
// then 10 passes by offset. All of it twice over at most.
RC_GTEST_PROP(UpdatedJobsScanProperty, EndsWithinABoundOfRequests, ()) {
  using Order = ListServer::Order;
  LivelyStore store;
  ListServer& server = store.server;
  server.page_size = *rc::gen::inRange<size_t>(2, 8);
  server.order = *rc::gen::element(Order::kAsAsked, Order::kTiesShuffled, Order::kById,
                                   Order::kByIdReversed, Order::kNewestFirst);
  server.ignores_since = *rc::gen::arbitrary<bool>();
  server.ignores_offset = *rc::gen::arbitrary<bool>();
  server.repeats_rows = *rc::gen::arbitrary<bool>();
  const int rows = *rc::gen::inRange(0, 60);
  for (int i = 0; i < rows; ++i) {
    store.now += *rc::gen::inRange(0, 2);
    Put(server, store.next_id++, store.now);
  }
  UpdatedJobsScan walk(kStart, kOverlap, FromUnix(store.now));
  size_t requests = 0;
  RunToEnd(
      walk, server, [&] { store.Change(); }, &requests, DrawWidth());
  const size_t total = 2 * (static_cast<size_t>(rows) + 60);
  const size_t pages = total / server.page_size + 1;
  RC_ASSERT(requests <= 4 * (2 * total + 2 * 10 * pages + 1) + 10 * pages);
}

RC_GTEST_PROP(UpdatedJobsScanProperty, CompletedHoldsAtAnyInterruption, ()) {
  LivelyStore store;
  const int rows = *rc::gen::inRange(0, 80);
  for (int i = 0; i < rows; ++i) {
    Put(store.server, store.next_id++, store.now += *rc::gen::inRange(1, 30));
  }
  const int batches = *rc::gen::inRange(1, 15);
  const size_t width = DrawWidth();
  UpdatedJobsScan walk(kStart, kOverlap, FromUnix(store.now));
  std::set<Row> seen;
  for (int i = 0; i < batches; ++i) {
    for (const PageRequest& request : walk.Next(width)) {
      ++store.now;  // no ties: every change is in a second of its own
      if (i > 0 && !store.server.jobs.empty() && *rc::gen::arbitrary<bool>()) {
        auto job = store.server.jobs.begin();
        std::advance(job, *rc::gen::inRange<size_t>(0, store.server.jobs.size()));
        job->second.updated_at = FromUnix(store.now);
      }
      if (*rc::gen::inRange(0, 10) == 0) continue;  // this one fails
      const Page page = store.server.Answer(request);
      for (const Job& job : page.jobs) seen.insert({job.id, *job.updated_at});
      walk.Feed(request, page);
    }
  }
  for (const Job& job : store.server.All()) {
    RC_ASSERT(*job.updated_at >= walk.completed() || seen.contains({job.id, *job.updated_at}));
  }
}

}  // namespace
}  // namespace xplenty
