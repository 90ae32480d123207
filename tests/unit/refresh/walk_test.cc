#include "refresh/walk.h"

#include <functional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "list_server.h"

namespace xplenty {
namespace {

using std::chrono::seconds;

constexpr Timestamp kStart = FromUnix(1000);
constexpr seconds kOverlap{60};

using Row = std::pair<int64_t, Timestamp>;

// Runs a sequence to its end against the server; `between` changes the store before each page.
std::set<Row> RunToEnd(
    PageSequence& sequence, const ListServer& server, const std::function<void()>& between = [] {},
    size_t* requests = nullptr) {
  std::set<Row> seen;
  size_t count = 0;
  while (const auto request = sequence.Next()) {
    between();
    const Page page = server.Answer(*request);
    for (const Job& job : page.jobs) seen.insert({job.id, *job.updated_at});
    sequence.Feed(page);
    if (++count > 20'000) {
      ADD_FAILURE() << "the walk does not end";
      break;
    }
  }
  if (requests != nullptr) *requests = count;
  return seen;
}

void Put(ListServer& server, int64_t id, int64_t updated) {
  server.jobs[id] = MakeJob(id, JobStatus::kRunning, FromUnix(updated));
}

void ExpectAllSeen(const ListServer& server, const std::set<Row>& seen, Timestamp since = kStart) {
  for (const Job& job : server.All()) {
    if (*job.updated_at < since) continue;
    EXPECT_TRUE(seen.contains({job.id, *job.updated_at}))
        << "job " << job.id << " of " << ToUnix(*job.updated_at);
  }
}

TEST(Walk, AsksOncePerPageAndOnceWhetherTheListHasMore) {
  ListServer server;
  for (int64_t id = 1; id <= 7; ++id) Put(server, id, 1000 + id);
  Walk walk(kStart, kOverlap);
  size_t requests = 0;
  ExpectAllSeen(server, RunToEnd(
                            walk, server, [] {}, &requests));
  EXPECT_EQ(requests, 5U);  // the row at each edge is read twice; the last one proves the count
  EXPECT_EQ(walk.completed(), FromUnix(1007));
  EXPECT_FALSE(walk.by_offset());
}

TEST(Walk, AsksForTheSamePageAgainUntilItIsFed) {
  ListServer server;
  for (int64_t id = 1; id <= 20; ++id) Put(server, id, 1000 + id / 8);
  Walk walk(kStart, kOverlap);
  while (const auto first = walk.Next()) {
    const auto again = walk.Next();
    EXPECT_EQ(first->offset, again->offset);
    EXPECT_EQ(first->since, again->since);
    walk.Feed(server.Answer(*again));
  }
}

TEST(Walk, ReadsATieOfHundredsOfRowsInOneSecond) {
  ListServer server;
  for (int64_t id = 1; id <= 400; ++id) Put(server, id, 1005);
  Put(server, 401, 1004);
  for (int64_t id = 402; id <= 410; ++id) Put(server, id, 1006);
  Walk walk(kStart, kOverlap);
  ExpectAllSeen(server, RunToEnd(walk, server));
  EXPECT_FALSE(walk.by_offset());
}

TEST(Walk, ReadsAllOfAServerThatIgnoresTheSort) {
  ListServer server{.order = ListServer::Order::kByIdReversed};
  for (int64_t id = 1; id <= 50; ++id) Put(server, id, 1000 + id * 7 % 50);
  Walk walk(kStart, kOverlap);
  ExpectAllSeen(server, RunToEnd(walk, server));
  EXPECT_TRUE(walk.by_offset());
}

TEST(Walk, ReadsAllOfAServerThatIgnoresTheSortThoughItsFullPagesLookSorted) {
  ListServer server{.order = ListServer::Order::kById};
  for (const int64_t updated : {1001, 1002, 1050, 1003, 1004, 1051, 1005}) {
    Put(server, static_cast<int64_t>(server.jobs.size()) + 1, updated);
  }
  Walk walk(kStart, kOverlap);
  walk.Feed(server.Answer(*walk.Next()));
  EXPECT_EQ(walk.Next()->since, FromUnix(1050));  // beyond rows that were not read
  ExpectAllSeen(server, RunToEnd(walk, server));
  EXPECT_TRUE(walk.by_offset());
}

TEST(Walk, LooksAgainNearTheEndForARowThatCameWhileItWasRead) {
  ListServer server;
  for (int64_t id = 11; id <= 50; ++id) Put(server, id, 2000 + 30 * id);
  Walk walk(kStart, kOverlap);
  std::set<Row> seen;
  size_t requests = 0;
  while (const auto request = walk.Next()) {
    if (request->offset == 40) Put(server, 1, 2000 + 30 * 49);  // late, behind the cursor
    const Page page = server.Answer(*request);
    for (const Job& job : page.jobs) seen.insert({job.id, *job.updated_at});
    walk.Feed(page);
    ++requests;
  }
  ExpectAllSeen(server, seen);
  EXPECT_FALSE(walk.by_offset());
  EXPECT_LT(requests, 20U + 7U);
}

TEST(Walk, TakesARowThatIsListedTwiceForNoSignOfAnother) {
  ListServer server{.page_size = 5, .repeats_rows = true};
  for (int64_t id = 1; id <= 9; ++id) Put(server, id, 1000 + id);
  Walk walk(kStart, kOverlap);
  ExpectAllSeen(server, RunToEnd(walk, server));
  EXPECT_FALSE(walk.by_offset());
}

TEST(Walk, ReadsAllOfAServerThatIgnoresSince) {
  ListServer server{.ignores_since = true};
  for (int64_t id = 1; id <= 50; ++id) Put(server, id, 980 + id);
  Walk walk(kStart, kOverlap);
  ExpectAllSeen(server, RunToEnd(walk, server));
  EXPECT_TRUE(walk.by_offset());
}

TEST(Walk, EndsOnAServerThatIgnoresAllItIsAsked) {
  ListServer server{
      .order = ListServer::Order::kByIdReversed, .ignores_since = true, .ignores_offset = true};
  for (int64_t id = 1; id <= 50; ++id) Put(server, id, 980 + id);
  Walk walk(kStart, kOverlap);
  size_t requests = 0;
  RunToEnd(
      walk, server, [] {}, &requests);
  EXPECT_LT(requests, 20U);
  EXPECT_LE(walk.completed(), FromUnix(1030));
}

TEST(Walk, ReadsBeyondPagesOfNothingButRejects) {
  Walk walk(kStart, kOverlap);
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
    const auto request = walk.Next();
    if (!request) break;
    const size_t page = std::min<size_t>(static_cast<size_t>(request->offset) / 3, 2);
    read = read || page == 2;
    walk.Feed(pages[page]);
  }
  EXPECT_TRUE(read);
  EXPECT_EQ(walk.Next(), std::nullopt);
}

TEST(Walk, CompletesNothingBeforeAFullPageIsBehindIt) {
  ListServer server;
  for (int64_t id = 1; id <= 9; ++id) Put(server, id, 1000 + id);
  Walk walk(kStart, kOverlap);
  EXPECT_EQ(walk.completed(), kStart);
  walk.Feed(server.Answer(*walk.Next()));
  EXPECT_EQ(walk.completed(), FromUnix(1003));
}

TEST(StatusListing, ReadsAllJobsOfItsStatusAndNoOther) {
  ListServer server;
  for (int64_t id = 1; id <= 20; ++id) {
    server.jobs[id] = MakeJob(id, id % 2 == 0 ? JobStatus::kRunning : JobStatus::kQueued, kStart);
  }
  StatusListing listing(JobStatus::kRunning, StatusListing::Passes::kUntilQuiet);
  EXPECT_EQ(RunToEnd(listing, server).size(), 10U);
}

TEST(StatusListing, AsksOnceForLessThanAPage) {
  const ListServer server;
  StatusListing listing(JobStatus::kRunning, StatusListing::Passes::kUntilQuiet);
  size_t requests = 0;
  RunToEnd(
      listing, server, [] {}, &requests);
  EXPECT_EQ(requests, 1U);
}

TEST(StatusListing, ReadsEachPageOnceIfASinglePassIsEnough) {
  ListServer server;
  for (int64_t id = 1; id <= 7; ++id) Put(server, id, 1000);
  StatusListing listing(JobStatus::kRunning, StatusListing::Passes::kOne);
  size_t requests = 0;
  EXPECT_EQ(RunToEnd(
                listing, server, [] {}, &requests)
                .size(),
            7U);
  EXPECT_EQ(requests, 3U);
}

Page PageOf(std::initializer_list<int64_t> ids) {
  Page page;
  for (const int64_t id : ids) page.jobs.push_back(MakeJob(id, JobStatus::kRunning, kStart));
  return page;
}

TEST(Pass, SkipsNoRowWhereAPageShowsRowsTwice) {
  ListServer server{.page_size = 3};
  std::set<int64_t> seen;
  for (int64_t id = 1; id <= 8; ++id) server.jobs[id] = MakeJob(id, JobStatus::kRunning, kStart);
  Pass pass;
  while (!pass.done()) {
    Page page = server.Answer({.sort = SortField::kId, .offset = pass.offset()});
    for (const Job& job : page.jobs) seen.insert(job.id);
    const std::vector<Job> once = page.jobs;
    page.jobs.insert(page.jobs.end(), once.begin(), once.end());
    pass.Feed(page, page.last);
  }
  EXPECT_EQ(seen.size(), 8U);
}

TEST(Pass, IsRepeatedWhileARowIsShownTwiceAsThatMayHideAnother) {
  Pass pass;
  for (int i = 0; i < 2; ++i) {  // the second brings nothing new, and hides row 4 again
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

RC_GTEST_PROP(WalkProperty, MissesNoRowOfAStoreThatChangesBetweenPages, ()) {
  LivelyStore store;
  const int rows = *rc::gen::inRange(0, 25);
  for (int i = 0; i < rows; ++i) {
    store.now += *rc::gen::inRange(0, 3) == 0 ? 0 : 1;
    Put(store.server, store.next_id++, store.now);
  }
  Walk walk(kStart, kOverlap);
  std::set<Row> seen = RunToEnd(walk, store.server, [&] { store.Change(); });
  Walk quiet(std::max(kStart, walk.completed() - kOverlap), kOverlap);
  seen.merge(RunToEnd(quiet, store.server));
  for (const Job& job : store.server.All()) {
    RC_LOG() << "job " << job.id << " of " << ToUnix(*job.updated_at)
             << ", read by offset: " << walk.by_offset() << ", read on from "
             << ToUnix(walk.completed()) << std::endl;
    RC_ASSERT(seen.contains({job.id, *job.updated_at}));
  }
}

// Of T rows and changes in pages of L: each of at most 4 looks (the first and 3 more) reads a page
// a row, each tie 10 times; then 10 passes by offset. All of it twice over at most.
RC_GTEST_PROP(WalkProperty, EndsWithinABoundOfRequestsWhateverTheServerIgnores, ()) {
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
  Walk walk(kStart, kOverlap);
  size_t requests = 0;
  RunToEnd(
      walk, server, [&] { store.Change(); }, &requests);
  const size_t total = 2 * (static_cast<size_t>(rows) + 60);
  const size_t pages = total / server.page_size + 1;
  RC_ASSERT(requests <= 4 * (total + 2 * 10 * pages + 1) + 10 * pages);
}

RC_GTEST_PROP(WalkProperty, HasReadAllThatItCallsCompletedWhenCutOffAnywhere, ()) {
  LivelyStore store;
  const int rows = *rc::gen::inRange(0, 40);
  for (int i = 0; i < rows; ++i) Put(store.server, store.next_id++, ++store.now);
  const int pages = *rc::gen::inRange(1, 15);
  Walk walk(kStart, kOverlap);
  std::set<Row> seen;
  for (int i = 0; i < pages; ++i) {
    const auto request = walk.Next();
    if (!request) break;
    ++store.now;  // no ties: every change is in a second of its own
    if (i > 0 && !store.server.jobs.empty() && *rc::gen::arbitrary<bool>()) {
      auto job = store.server.jobs.begin();
      std::advance(job, *rc::gen::inRange<size_t>(0, store.server.jobs.size()));
      job->second.updated_at = FromUnix(store.now);
    }
    const Page page = store.server.Answer(*request);
    for (const Job& job : page.jobs) seen.insert({job.id, *job.updated_at});
    walk.Feed(page);
  }
  for (const Job& job : store.server.All()) {
    RC_ASSERT(*job.updated_at >= walk.completed() || seen.contains({job.id, *job.updated_at}));
  }
}

}  // namespace
}  // namespace xplenty
