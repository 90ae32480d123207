// A scan whose pages are requested in parallel.

#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "refresh/updated_jobs_scan.h"
#include "scan_fixture.h"

namespace xplenty::split_scan_test {
namespace {

constexpr size_t kWidth = 8;
constexpr size_t kPageSize = 10;
constexpr int64_t kDay = 86'400;

// The distribution of a day's jobs over time; `place` goes from 0 to 1.
using Distribution = std::function<double(double place)>;

ListServer Spread(int64_t rows, const Distribution& distribution) {
  ListServer server{.page_size = kPageSize};
  for (int64_t id = 1; id <= rows; ++id) {
    const double place = static_cast<double>(id) / static_cast<double>(rows + 1);
    Put(server, id, static_cast<int64_t>(distribution(place) * static_cast<double>(kDay)));
  }
  return server;
}

UpdatedJobsScan ScanOfTheDay() {
  return {FromUnix(0), kOverlap, FromUnix(kDay)};
}

struct Cost {
  size_t batches{};
  size_t requests{};
};

// Reads all jobs and checks that none is missing.
Cost Read(const ListServer& server, size_t width) {
  UpdatedJobsScan scan = ScanOfTheDay();
  Cost cost;
  std::set<Row> seen;
  for (auto batch = scan.Next(width); !batch.empty(); batch = scan.Next(width)) {
    EXPECT_LE(batch.size(), width);
    ++cost.batches;
    cost.requests += batch.size();
    for (const PageRequest& request : batch) {
      const Page page = server.Answer(request);
      for (const Job& job : page.jobs) seen.insert({job.id, *job.updated_at});
      scan.Feed(request, page);
    }
  }
  ExpectAllSeen(server, seen, FromUnix(0));
  EXPECT_FALSE(scan.by_offset());
  return cost;
}

double Uniform(double place) {
  return place;
}

TEST(ParallelScan, TakesASixthOfTheRounds) {
  const ListServer server = Spread(3000, Uniform);
  const Cost alone = Read(server, 1);
  const Cost together = Read(server, kWidth);
  EXPECT_EQ(alone.batches, alone.requests);
  EXPECT_LE(together.batches * 6, alone.batches);
  EXPECT_LE(together.requests, alone.requests + alone.requests / 20);
}

TEST(ParallelScan, UsesAllRequestsForAnyDistribution) {
  const std::map<std::string, Distribution> distributions = {
      {"ever more", [](double place) { return std::pow(place, 0.1); }},
      {"ever fewer", [](double place) { return std::pow(place, 3); }},
      {"all at noon but a few",
       [](double place) {
         return place < 0.05 || place > 0.95 ? place : 0.5 + (place - 0.5) * 0.05;
       }},
      {"bursts each hour",
       [](double place) { return (std::floor(place * 24) + 0.02 * place) / 24; }},
      {"the last minutes", [](double place) { return 0.98 + place * 0.02; }},
      {"the first minutes", [](double place) { return place * 0.02; }}};
  for (const auto& [name, distribution] : distributions) {
    SCOPED_TRACE(name);
    const ListServer server = Spread(3000, distribution);
    const Cost alone = Read(server, 1);
    const Cost together = Read(server, kWidth);
    EXPECT_LE(together.batches * 5, alone.batches);
    EXPECT_LE(together.requests, alone.requests + alone.requests / 5);
  }
}

TEST(ParallelScan, ReadsAFullSecondBesideOthers) {
  const ListServer server = Spread(500, [](double) { return 0.3; });
  const Cost alone = Read(server, 1);
  const Cost together = Read(server, kWidth);
  EXPECT_LE(together.batches, alone.batches);
  EXPECT_LE(together.requests, alone.requests + 100);
}

TEST(ParallelScan, DoesNotSplitShortScans) {
  for (const int64_t rows : {0, 1, 9, 10, 25, 40, 45, 55}) {
    const ListServer server = Spread(rows, Uniform);
    EXPECT_EQ(Read(server, kWidth).requests, Read(server, 1).requests) << rows;
  }
}

TEST(ParallelScan, RequestsAreOrderedAndDisjoint) {
  const ListServer server = Spread(2000, Uniform);
  UpdatedJobsScan scan = ScanOfTheDay();
  for (auto batch = scan.Next(kWidth); !batch.empty(); batch = scan.Next(kWidth)) {
    for (size_t i = 1; i < batch.size(); ++i) EXPECT_LT(batch[i - 1].since, batch[i].since);
    for (const PageRequest& request : batch) scan.Feed(request, server.Answer(request));
  }
}

// A rate limit that others use, too, may be found to be smaller than expected.
TEST(ParallelScan, ContinuesSequentiallyFromTheEarliest) {
  const ListServer server = Spread(2000, Uniform);
  UpdatedJobsScan scan = ScanOfTheDay();
  for (int i = 0; i < 10; ++i) {
    for (const PageRequest& request : scan.Next(kWidth)) scan.Feed(request, server.Answer(request));
  }
  Timestamp previous = scan.completed();
  for (auto batch = scan.Next(1); !batch.empty(); batch = scan.Next(1)) {
    ASSERT_EQ(batch.size(), 1U);
    scan.Feed(batch.front(), server.Answer(batch.front()));
    EXPECT_GE(scan.completed(), previous);
    previous = scan.completed();
  }
  EXPECT_EQ(scan.completed(), server.All().back().updated_at);
}

TEST(ParallelScan, CompletedHasNoGapBefore) {
  const ListServer server = Spread(2000, Uniform);
  UpdatedJobsScan scan = ScanOfTheDay();
  for (int i = 0; i < 6; ++i) {
    for (const PageRequest& request : scan.Next(kWidth)) scan.Feed(request, server.Answer(request));
  }
  // The first page of the batch fails from now on; all other scans continue to their ends.
  const Timestamp stuck = scan.completed();
  for (int i = 0; i < 100; ++i) {
    const auto batch = scan.Next(kWidth);
    EXPECT_EQ(batch.front().since, stuck);
    for (size_t k = 1; k < batch.size(); ++k) scan.Feed(batch[k], server.Answer(batch[k]));
    EXPECT_EQ(scan.completed(), stuck);
  }
  EXPECT_EQ(scan.Next(kWidth).size(), 1U) << "all but the second after it";
}

TEST(ParallelScan, FindsRowsMovingIntoAReadScan) {
  ListServer server = Spread(400, Uniform);
  UpdatedJobsScan scan = ScanOfTheDay();
  std::set<Row> seen;
  int64_t now = kDay;
  for (auto batch = scan.Next(kWidth); !batch.empty(); batch = scan.Next(kWidth)) {
    for (const PageRequest& request : batch) {
      const Page page = server.Answer(request);
      for (const Job& job : page.jobs) seen.insert({job.id, *job.updated_at});
      scan.Feed(request, page);
    }
    if (now > kDay + 20) continue;
    for (auto& [id, job] : server.jobs) {
      if (seen.contains({id, *job.updated_at})) continue;
      job.updated_at = FromUnix(++now);
      break;
    }
  }
  ExpectAllSeen(server, seen, FromUnix(0));
}

TEST(ParallelScan, FallsBackToOffsetWithinABatch) {
  ListServer server = Spread(400, Uniform);
  UpdatedJobsScan scan = ScanOfTheDay();
  while (scan.Next(kWidth).size() < kWidth) {
    const auto batch = scan.Next(kWidth);
    for (const PageRequest& request : batch) scan.Feed(request, server.Answer(request));
  }
  server.ignores_since = true;
  const auto batch = scan.Next(kWidth);
  for (const PageRequest& request : batch) scan.Feed(request, server.Answer(request));
  EXPECT_TRUE(scan.by_offset());
  EXPECT_EQ(scan.Next(kWidth).front().offset, 0);
  ExpectAllSeen(server, RunToEnd(
                            scan, server, [] {}, nullptr, kWidth));
}

}  // namespace
}  // namespace xplenty::split_scan_test
