#include "refresh/slice.h"

#include <gtest/gtest.h>

#include "walk_fixture.h"

namespace xplenty {
namespace {

using std::chrono::seconds;

// Reads a slice to its end; how many pages that took.
int ReadToEnd(Slice& slice, const ListServer& server) {
  int pages = 0;
  for (; !slice.done() && pages < 100; ++pages) slice.Feed(server.Answer(slice.Next()));
  return pages;
}

ListServer RowEachSecond(int64_t from, int64_t to) {
  ListServer server{.page_size = 5};
  for (int64_t time = from; time < to; ++time) Put(server, time, time);
  return server;
}

TEST(Slice, EndsWithAPageThatReachesItsEnd) {
  const ListServer server = RowEachSecond(1000, 1100);
  Slice slice(FromUnix(1000), FromUnix(1012));
  EXPECT_EQ(ReadToEnd(slice, server), 3);  // to 1004, 1008, 1012
  EXPECT_EQ(slice.cursor(), FromUnix(1012));
  EXPECT_EQ(slice.PagesLeft(FromUnix(2000)), 0);
}

TEST(Slice, EndsWithTheListsLastPage) {
  const ListServer server = RowEachSecond(1000, 1007);
  Slice slice(FromUnix(1000), Timestamp::max());
  EXPECT_EQ(ReadToEnd(slice, server), 2);
  EXPECT_EQ(slice.cursor(), FromUnix(1004));
}

TEST(Slice, LeavesTheSecondOfItsEndToTheNextOne) {
  ListServer server = RowEachSecond(1000, 1004);
  for (int64_t id = 1; id <= 50; ++id) Put(server, id, 1004);
  Slice slice(FromUnix(1000), FromUnix(1004));
  EXPECT_EQ(ReadToEnd(slice, server), 1);
}

TEST(Slice, EndsBehindATieInItsLastSecond) {
  ListServer server = RowEachSecond(1004, 1020);
  for (int64_t id = 1; id <= 12; ++id) Put(server, id, 1003);
  Slice slice(FromUnix(1003), FromUnix(1004));
  EXPECT_EQ(ReadToEnd(slice, server), 6);  // two passes of three
  EXPECT_EQ(slice.cursor(), FromUnix(1004));
}

TEST(Slice, IsCutInTheMiddleOfWhatIsLeft) {
  const ListServer server = RowEachSecond(1000, 1100);
  Slice first(FromUnix(1000), Timestamp::max());
  first.Feed(server.Answer(first.Next()));
  EXPECT_EQ(first.cursor(), FromUnix(1004));
  EXPECT_EQ(first.PagesLeft(FromUnix(1100)), 24);
  Slice second = first.CutInHalf(FromUnix(1100));
  EXPECT_EQ(second.cursor(), FromUnix(1052));
  EXPECT_EQ(second.pace(), first.pace());
  EXPECT_EQ(first.PagesLeft(FromUnix(1100)), 12);
  EXPECT_EQ(second.PagesLeft(FromUnix(1100)), 12);
  ReadToEnd(first, server);
  EXPECT_EQ(first.cursor(), FromUnix(1052));
  ReadToEnd(second, server);
  EXPECT_EQ(second.cursor(), FromUnix(1096));
}

TEST(Slice, HasNothingLeftToCutOnceItIsPastNow) {
  const ListServer server = RowEachSecond(1000, 1100);
  Slice slice(FromUnix(1000), Timestamp::max());
  slice.Feed(server.Answer(slice.Next()));
  EXPECT_LE(slice.PagesLeft(FromUnix(1002)), 0);
}

}  // namespace
}  // namespace xplenty
