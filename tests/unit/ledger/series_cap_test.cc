#include "ledger/series_cap.h"

#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "support/figures.h"

namespace xplenty::series_cap_test {
namespace {

using Room = SeriesCap::Room;

constexpr Timestamp kOld = FromUnix(100);
constexpr Timestamp kIdleSince = FromUnix(200);
constexpr Timestamp kNew = FromUnix(300);

// Two series of a package each fit.
AggregateOptions Options() {
  AggregateOptions options;
  options.max_series = 26;
  options.samples_per_series = 10;
  options.samples_per_package = 3;
  return options;
}

class SeriesCapTest : public testing::Test {
 protected:
  void Activate(const SeriesLabels& labels) {
    if (series_.Activate(series_.Get(labels)) && labels != OverflowLabels({})) {
      packages_.AddActiveSeries(labels.package);
    }
  }
  void Finish(const std::string& package, int64_t id, Timestamp time) {
    packages_.Add(packages_.Get(package),
                  {.id = id, .status = JobStatus::kFailed, .finished_at = time}, nullptr);
  }
  Room RoomFor(const SeriesLabels& labels, const std::set<SeriesLabels>& beside = {}) const {
    return cap_.RoomFor(labels, beside, series_, packages_, kIdleSince);
  }
  uint64_t Tracked() const { return cap_.TrackedSamples(series_, packages_); }

  SeriesTable series_{JobCounters(std::make_shared<const BucketBounds>(kRuntimeBounds),
                                  std::make_shared<const BucketBounds>(kWaitBounds)),
                      LabelValue::kName};
  PackageTable packages_{LabelValue::kName};
  SeriesCap cap_{Options()};
};

TEST_F(SeriesCapTest, HasRoomUpToTheCap) {
  Activate({"a", "c"});
  EXPECT_EQ(RoomFor({"a", "c"}), Room::kActive);
  EXPECT_EQ(RoomFor({"b", "c"}), Room::kFree);
  EXPECT_EQ(RoomFor({"b", "c"}, {{"d", "c"}}), Room::kFull);
  Activate({"b", "c"});
  EXPECT_EQ(RoomFor({"d", "c"}), Room::kFull);
  EXPECT_EQ(Tracked(), 26U);
  EXPECT_FALSE(cap_.IsExceeded(series_, packages_));
}

TEST_F(SeriesCapTest, CountsAPackageOfSeveralSeriesOnce) {
  Activate({"a", "c"});
  EXPECT_EQ(RoomFor({"a", "d"}), Room::kFree);
  Activate({"a", "d"});
  EXPECT_EQ(Tracked(), 23U);
}

TEST_F(SeriesCapTest, CountsNoPackageForOverflow) {
  Activate({"other", "other"});
  EXPECT_EQ(Tracked(), 10U);
  EXPECT_EQ(RoomFor({"a", "c"}, {{"other", "other"}}), Room::kFull);
  EXPECT_EQ(RoomFor({"a", "c"}), Room::kFree);
}

TEST_F(SeriesCapTest, MakesRoomOfIdlePackages) {
  for (const std::string package : {"a", "b", "d"}) Finish(package, 1, kOld);
  Activate({"a", "c"});  // 10 and three packages
  EXPECT_EQ(RoomFor({"e", "c"}), Room::kFree) << "in place of two of them";
  EXPECT_EQ(RoomFor({"b", "c"}), Room::kFree) << "in place of the other one";
  Finish("b", 2, kNew);
  Finish("d", 3, kNew);
  EXPECT_EQ(RoomFor({"e", "c"}), Room::kFull) << "none is idle any more";
}

}  // namespace
}  // namespace xplenty::series_cap_test
