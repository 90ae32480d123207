#include "refresh/keyset_scan.h"

#include <gtest/gtest.h>

#include "scan_fixture.h"

namespace xplenty::keyset_scan_test {
namespace {

using std::chrono::seconds;

// Reads a scan to its end and returns the number of pages.
int ReadToEnd(KeysetScan& scan, const ListServer& server) {
  int pages = 0;
  for (; !scan.done() && pages < 100; ++pages) scan.Feed(server.Answer(scan.Next()));
  return pages;
}

ListServer RowEachSecond(int64_t from, int64_t to) {
  ListServer server{.page_size = 5};
  for (int64_t time = from; time < to; ++time) Put(server, time, time);
  return server;
}

TEST(KeysetScan, EndsWithThePageReachingEnd) {
  const ListServer server = RowEachSecond(1000, 1100);
  KeysetScan scan(FromUnix(1000), FromUnix(1012));
  EXPECT_EQ(ReadToEnd(scan, server), 3);  // to 1004, 1008, 1012
  EXPECT_EQ(scan.cursor(), FromUnix(1012));
  EXPECT_EQ(scan.PagesLeft(FromUnix(2000)), 0);
}

TEST(KeysetScan, EndsWithTheListsLastPage) {
  const ListServer server = RowEachSecond(1000, 1007);
  KeysetScan scan(FromUnix(1000), Timestamp::max());
  EXPECT_EQ(ReadToEnd(scan, server), 2);
  EXPECT_EQ(scan.cursor(), FromUnix(1004));
}

TEST(KeysetScan, ExcludesTheSecondOfItsEnd) {
  ListServer server = RowEachSecond(1000, 1004);
  for (int64_t id = 1; id <= 50; ++id) Put(server, id, 1004);
  KeysetScan scan(FromUnix(1000), FromUnix(1004));
  EXPECT_EQ(ReadToEnd(scan, server), 1);
}

TEST(KeysetScan, EndsAfterAFullLastSecond) {
  ListServer server = RowEachSecond(1004, 1020);
  for (int64_t id = 1; id <= 12; ++id) Put(server, id, 1003);
  KeysetScan scan(FromUnix(1003), FromUnix(1004));
  EXPECT_EQ(ReadToEnd(scan, server), 6);  // two passes of three
  EXPECT_EQ(scan.cursor(), FromUnix(1004));
}

TEST(KeysetScan, SplitsTheRemainingTimeInHalf) {
  const ListServer server = RowEachSecond(1000, 1100);
  KeysetScan first(FromUnix(1000), Timestamp::max());
  first.Feed(server.Answer(first.Next()));
  EXPECT_EQ(first.cursor(), FromUnix(1004));
  EXPECT_EQ(first.PagesLeft(FromUnix(1100)), 24);
  KeysetScan second = first.Split(FromUnix(1100));
  EXPECT_EQ(second.cursor(), FromUnix(1052));
  EXPECT_EQ(second.time_per_page(), first.time_per_page());
  EXPECT_EQ(first.PagesLeft(FromUnix(1100)), 12);
  EXPECT_EQ(second.PagesLeft(FromUnix(1100)), 12);
  ReadToEnd(first, server);
  EXPECT_EQ(first.cursor(), FromUnix(1052));
  ReadToEnd(second, server);
  EXPECT_EQ(second.cursor(), FromUnix(1096));
}

TEST(KeysetScan, HasNoPagesLeftPastNow) {
  const ListServer server = RowEachSecond(1000, 1100);
  KeysetScan scan(FromUnix(1000), Timestamp::max());
  scan.Feed(server.Answer(scan.Next()));
  EXPECT_LE(scan.PagesLeft(FromUnix(1002)), 0);
}

}  // namespace
}  // namespace xplenty::keyset_scan_test
