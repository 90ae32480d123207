#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include <gtest/gtest.h>

#include "rate_model.h"

namespace xplenty::rate_budget_hour_test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr SteadyTime kStart = SimulatedTime::kStart;
constexpr auto kWindows = {Limiter::Window::kFixed, Limiter::Window::kRolling};

// Exporters that read one account with the same key.
class World {
 public:
  // With `one_process` each knows of the others, like the accounts of one process.
  World(const Limiter& limits, size_t exporters, bool one_process = false)
      : limiter(limits), time_(exporters), lives_(exporters, {seconds(15), seconds(0)}) {
    server.page_size = 5;
    for (size_t i = 0; i < exporters; ++i) {
      exporters_.push_back(std::make_unique<SimulatedExporter>(
          server, limiter, time_.clock(i), one_process ? static_cast<int64_t>(exporters) : 1));
    }
  }

  // Adds jobs that finished during the last day, the last one just now.
  void AddFinished(int64_t count) {
    for (int64_t i = 1; i <= count; ++i) {
      Job job = MakeJob(i, JobStatus::kCompleted, Now() - seconds(80'000) * (count - i) / count);
      job.completed_at = job.updated_at;
      server.jobs[job.id] = job;
    }
  }
  // Adds a job of each of the first statuses; no scan finds them again.
  void AddUnfinished(size_t statuses) {
    for (size_t i = 0; i < statuses; ++i) {
      const auto id = static_cast<int64_t>(1'000'000 + i);
      server.jobs[id] = MakeJob(id, kListableUnfinishedStatuses[i], Now() - hours(23));
    }
  }
  void Scrape(size_t exporter, seconds interval, seconds first) {
    lives_[exporter] = {interval, first};
  }
  void Run(SteadyTime end) {
    time_.Run([&](size_t i) {
      const auto [interval, first] = lives_[i];
      time_.clock(i).SleepUntil(kStart + first, {});
      exporters_[i]->Live(interval, end);
    });
  }

  const SimulatedExporter& exporter(size_t i) const { return *exporters_[i]; }
  int64_t GrantedIn(SteadyTime from, SteadyTime to) const {
    return std::ranges::count_if(limiter.all, [&](SteadyTime t) { return t >= from && t < to; });
  }

  ListServer server;
  Limiter limiter;

 private:
  static Timestamp Now() {
    return Timestamp(std::chrono::floor<seconds>(kStart.time_since_epoch()));
  }

  SimulatedTime time_;
  std::vector<std::pair<seconds, seconds>> lives_;
  std::vector<std::unique_ptr<SimulatedExporter>> exporters_;
};

using Setting = std::tuple<int64_t, Limiter::Window, size_t>;  // limit, window, exporters
class RateBudgetHour : public testing::TestWithParam<Setting> {};

// The age of the served data just before the next refresh ends.
double AgeBefore(const std::vector<SimulatedExporter::Refreshed>& refreshes, size_t next) {
  return std::chrono::duration<double>(refreshes[next].end - refreshes[next - 1].start).count();
}

// The remaining requests decay to a share of e^-exporters within an hour, and at its end a refresh
// waits so much longer for its tokens. Five times that is allowed, as the reserve, first refreshes
// and reconciles take requests, too. If 50 requests are shared, the first refreshes need most of
// them: after the first one, data may be as old as the hour that all wait, and half an hour more.
TEST_P(RateBudgetHour, NeverGets429AndDegradesGracefully) {
  const auto [limit, window, exporters] = GetParam();
  for (const int scrape : {5, 15, 60}) {
    for (const size_t statuses : {0U, 1U, 3U}) {
      SCOPED_TRACE(testing::Message() << "scraped every " << scrape << " s, " << statuses
                                      << " statuses with unfinished jobs");
      World world({.window = window, .limit = limit, .phase = minutes(20)}, exporters);
      world.AddFinished(20);
      world.AddUnfinished(statuses);
      for (size_t i = 0; i < exporters; ++i) {
        world.Scrape(i, seconds(scrape), seconds(7 * i));
      }
      world.Run(kStart + minutes(160));

      EXPECT_EQ(world.limiter.rejected, 0);
      const double requests = 1.0 + static_cast<double>(statuses);
      const double optimum = 3600 * requests / static_cast<double>(limit);
      const bool crowded = std::cmp_less(limit, 50 * exporters);
      const double bound = crowded ? 5400 : 5 * std::exp(static_cast<double>(exporters)) * optimum;
      for (size_t i = 0; i < exporters; ++i) {
        const auto& refreshes = world.exporter(i).refreshes();
        for (size_t next = crowded ? 2 : 1; next < refreshes.size(); ++next) {
          EXPECT_TRUE(refreshes[next].completed);
          const double age = AgeBefore(refreshes, next);
          EXPECT_LE(age, std::max(bound, 10.0) + 2 * scrape) << next;
          const double previous = next > 1 ? AgeBefore(refreshes, next - 1) : age;
          if (!crowded) {
            EXPECT_LE(age, 8 * std::max(previous, 60.0)) << next;
          }
        }
      }
      // Within two hours a certain share of the wanted or available requests is used.
      const int64_t used = world.GrantedIn(kStart, kStart + hours(2));
      const double wanted = 7200.0 / std::max(scrape, 10) * static_cast<double>(exporters);
      EXPECT_GE(static_cast<double>(used),
                0.4 * std::min(wanted, 2.0 * static_cast<double>(limit)));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Limits, RateBudgetHour,
                         testing::Combine(testing::Values(50, 500, 5000),
                                          testing::ValuesIn(kWindows),
                                          testing::Values(1U, 2U, 3U)));

// Accounts that know of each other together use as much as one: the rest decays to a share of 1/e
// within an hour for any number of accounts, and they take turns.
TEST(RateBudgetSharers, SharersAreSpacedEvenlyWithout429) {
  constexpr int64_t kLimit = 1000;
  for (const Limiter::Window window : kWindows) {
    for (const size_t accounts : {4U, 12U}) {
      SCOPED_TRACE(testing::Message() << accounts << " accounts");
      World world({.window = window, .limit = kLimit, .phase = minutes(20)}, accounts,
                  /*one_process=*/true);
      world.AddFinished(10);
      world.AddUnfinished(1);
      for (size_t i = 0; i < accounts; ++i) world.Scrape(i, seconds(15), seconds(i));
      world.Run(kStart + minutes(160));

      EXPECT_EQ(world.limiter.rejected, 0);
      std::vector<size_t> refreshes;
      // A refresh has two requests. At the end of an hour refreshes are e times as rare, or at most
      // three times that, as the reserve, first refreshes and reconciles take requests, too.
      const double optimum = 3600.0 * 2 * static_cast<double>(accounts) / kLimit;
      for (size_t i = 0; i < accounts; ++i) {
        const auto& all = world.exporter(i).refreshes();
        refreshes.push_back(all.size());
        for (size_t next = 1; next < all.size(); ++next) {
          EXPECT_TRUE(all[next].completed);
          EXPECT_LE(AgeBefore(all, next), 3 * std::exp(1.0) * optimum) << i << ' ' << next;
        }
      }
      const auto [fewest, most] = std::ranges::minmax(refreshes);
      EXPECT_LE(most, fewest + fewest / 4);
      EXPECT_GE(world.GrantedIn(kStart, kStart + hours(2)), kLimit);
    }
  }
}

TEST(RateBudgetStart, NeverGets429NearTheLimit) {
  for (const Limiter::Window window : kWindows) {
    for (const size_t exporters : {1U, 2U, 3U}) {
      // An exporter that knows nothing must send a request: with fewer left than exporters, one
      // fails.
      for (size_t left = exporters; left < 30; left += 5) {
        World world({.window = window, .limit = 500, .phase = minutes(10)}, exporters);
        world.AddFinished(20);
        world.AddUnfinished(2);
        world.limiter.granted.assign(500 - left, kStart - minutes(5));
        world.limiter.this_hour = std::chrono::floor<hours>(kStart + minutes(10));
        world.Run(kStart + minutes(150));
        EXPECT_EQ(world.limiter.rejected, 0) << exporters << " exporters, " << left << " left";
        for (size_t i = 0; i < exporters; ++i) {
          EXPECT_TRUE(world.exporter(i).refresh().completed_once()) << i << ", " << left;
        }
      }
    }
  }
}

TEST(RateBudgetStart, SpreadsAFirstScanBeyondTheBudget) {
  struct Case {
    int64_t limit;
    int64_t pages;
    hours time;
  };
  for (const Limiter::Window window : kWindows) {
    for (const auto& [limit, pages, time] : {Case{500, 450, hours(4)}, Case{50, 100, hours(8)}}) {
      for (const size_t exporters : {1U, 2U}) {
        World world({.window = window, .limit = limit}, exporters);
        world.AddFinished(pages * 5);
        world.Run(kStart + time * exporters);
        EXPECT_EQ(world.limiter.rejected, 0);
        for (size_t i = 0; i < exporters; ++i) {
          ASSERT_FALSE(world.exporter(i).refreshes().empty());
          const auto& first = world.exporter(i).refreshes().front();
          EXPECT_TRUE(first.completed) << limit << ' ' << exporters;
          // The last row of a page is the first of the next, so each has 4 new rows. No page is
          // read twice, however often the scan has to wait, except at the edges of split scans.
          constexpr int64_t kEdges = 16;
          EXPECT_GE(first.requests, 5 * pages / 4 + 6 - 2);
          EXPECT_LE(first.requests, 5 * pages / 4 + 6 + 2 + kEdges);
        }
      }
    }
  }
}

TEST(RateBudgetStart, ReadsBigAccountWithHeadroom) {
  World world({.limit = 5000}, 1);
  world.AddFinished(200 * 5);
  world.Run(kStart + minutes(5));
  const auto& first = world.exporter(0).refreshes().front();
  EXPECT_LE(first.end - first.start, first.requests * std::chrono::milliseconds(300));
}

TEST(RateBudgetScarcity, SkipsListingsBeforeTheScan) {
  World world({.limit = 500}, 1);
  world.AddFinished(20);
  world.AddUnfinished(3);
  world.limiter.granted.assign(500 - 130, kStart);  // 100 is a fifth
  world.limiter.this_hour = std::chrono::floor<hours>(kStart);
  world.Run(kStart + minutes(59));
  const auto& refreshes = world.exporter(0).refreshes();
  ASSERT_GT(refreshes.size(), 20U);
  EXPECT_EQ(refreshes[1].listings, 3);
  const auto scarce = std::ranges::find(refreshes, 0, &SimulatedExporter::Refreshed::listings);
  EXPECT_GE(refreshes.end() - scarce, 10);
  for (auto refresh = scarce; refresh != refreshes.end(); ++refresh) {
    EXPECT_TRUE(refresh->completed);
    EXPECT_EQ(refresh->listings, 0);
    EXPECT_EQ(refresh->requests, 1);
  }
}

}  // namespace
}  // namespace xplenty::rate_budget_hour_test
