#include "ledger/active_set.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/figures.h"

namespace xplenty {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Room = ActiveSet::Room;

constexpr Timestamp kNow = FromUnix(1'000'000'000);
const SeriesLabels kOther{"other", "other"};

// Two series of a package each fit.
AggregateOptions Options() {
  return {.runtime_bounds = kRuntimeBounds,
          .wait_bounds = kWaitBounds,
          .series_retention = hours(24),
          .max_series = 26,
          .samples_per_series = 10,
          .samples_per_package = 3};
}

class ActiveSetTest : public testing::Test {
 protected:
  Series& Activate(const SeriesLabels& labels, Timestamp time = kNow) {
    Series& series = active_.SeriesOf(labels);
    active_.Activate(series, time);
    return series;
  }
  void Finish(const std::string& package, int64_t id, Timestamp time = kNow) {
    const FinishedJob job{.id = id, .status = JobStatus::kFailed, .finished_at = time};
    active_.AddToPackage(package, active_.PackageOf(package), job, nullptr);
  }
  Room RoomFor(const SeriesLabels& labels, const std::set<SeriesLabels>& beside = {}) const {
    return active_.RoomFor(labels, beside, kNow);
  }
  AccountView View() {
    AccountView view;
    active_.FillView(view);
    return view;
  }

  ActiveSet active_{Options()};
};

TEST_F(ActiveSetTest, HasRoomUpToTheCap) {
  Activate({"a", "c"});
  EXPECT_EQ(RoomFor({"a", "c"}), Room::kActive);
  EXPECT_EQ(RoomFor({"b", "c"}), Room::kFree);
  EXPECT_EQ(RoomFor({"b", "c"}, {{"d", "c"}}), Room::kFull);
  Activate({"b", "c"});
  EXPECT_EQ(RoomFor({"d", "c"}), Room::kFull);
  EXPECT_EQ(View().tracked_series, 26U);
}

TEST_F(ActiveSetTest, CountsAPackageOfSeveralSeriesOnce) {
  Activate({"a", "c"});
  EXPECT_EQ(RoomFor({"a", "d"}), Room::kFree);
  Activate({"a", "d"});
  EXPECT_EQ(View().tracked_series, 23U);
}

TEST_F(ActiveSetTest, CountsNoPackageForOverflow) {
  Activate(kOther);
  EXPECT_EQ(View().tracked_series, 10U);
  EXPECT_EQ(RoomFor({"a", "c"}), Room::kFree);
}

TEST_F(ActiveSetTest, RetiresIdleSeriesWithTheirLabels) {
  active_.RecordNames({.package_id = 5, .cluster_id = 6, .package_name = "a", .cluster_name = "c"},
                      {"a", "c"});
  Activate({"a", "c"}, kNow - hours(25));
  Activate({"b", "d"}, kNow - hours(23));
  EXPECT_THAT(View().packages_info, ElementsAre(Pair("a", "5")));
  active_.RetireIdleSeries(kNow);
  EXPECT_TRUE(active_.changed());
  EXPECT_EQ(View().series.size(), 1U);
  EXPECT_THAT(View().packages_info, IsEmpty());
  EXPECT_THAT(View().clusters_info, IsEmpty());
  EXPECT_FALSE(active_.changed());
}

TEST_F(ActiveSetTest, MakesRoomOfIdlePackages) {
  for (const std::string package : {"a", "b", "d"}) Finish(package, 1, kNow - hours(25));
  Activate({"a", "c"});  // 10 and three packages
  EXPECT_EQ(RoomFor({"e", "c"}), Room::kFree) << "in place of two of them";
  Finish("b", 2);
  Finish("d", 3);
  EXPECT_EQ(RoomFor({"e", "c"}), Room::kFull) << "none is idle any more";
}

TEST_F(ActiveSetTest, RetiresPackagesOnlyPastTheCap) {
  for (const std::string package : {"a", "b"}) Finish(package, 1, kNow - hours(25));
  active_.KeepToCap(kNow);
  EXPECT_EQ(View().packages.size(), 2U);
  Activate({"a", "c"});
  Activate({"a", "d"});
  Finish("e", 2);
  active_.KeepToCap(kNow);
  EXPECT_EQ(View().packages.size(), 2U) << "b is gone; a has active series";
  EXPECT_EQ(View().tracked_series, 26U);
}

}  // namespace
}  // namespace xplenty
