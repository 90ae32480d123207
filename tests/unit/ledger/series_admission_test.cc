#include "ledger/series_admission.h"

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/figures.h"

namespace xplenty::series_admission_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Timestamp kIdleSince = FromUnix(200);

// One package with its reserve takes 13 samples, each further series 10.
AggregateOptions Options(uint64_t max_series) {
  AggregateOptions options;
  options.max_series = max_series;
  options.samples_per_series = 10;
  options.samples_per_package = 3;
  return options;
}

class SeriesAdmissionTest : public testing::Test {
 protected:
  // An active series whose last event was at a time.
  Series& Activate(const SeriesLabels& labels, int64_t time = 300) {
    Series& series = series_.Get(labels);
    series.activity().RecordEvent(FromUnix(time));
    if (series_.Activate(series)) packages_.AddActiveSeries(labels.package);
    return series;
  }
  void Finish(const std::string& package, int64_t id, int64_t time) {
    packages_.Add(packages_.Get(package),
                  {.id = id, .status = JobStatus::kFailed, .finished_at = FromUnix(time)}, nullptr);
  }
  SeriesAdmission Admission(uint64_t max_series, uint64_t scraped_version = 1) {
    cap_ = SeriesCap(Options(max_series));
    return {cap_, series_, packages_, kIdleSince, scraped_version};
  }
  const JobCounters zero_{std::make_shared<const BucketBounds>(kRuntimeBounds),
                          std::make_shared<const BucketBounds>(kWaitBounds)};
  SeriesTable series_{zero_, {}};
  PackageTable packages_{LabelValue::kName};
  SeriesCap cap_{Options(0)};
};

TEST_F(SeriesAdmissionTest, PlacesAJobInItsActiveSeries) {
  Activate({"a", "c"});
  SeriesAdmission admission = Admission(0);
  const auto place = admission.PlaceOf({"a", "c"});
  EXPECT_EQ(place.labels, (SeriesLabels{"a", "c"}));
  EXPECT_EQ(place.fold, Fold::kNone);
  EXPECT_FALSE(place.is_new);
}

TEST_F(SeriesAdmissionTest, ActivatesASeriesWhileThereIsRoom) {
  SeriesAdmission admission = Admission(33);
  EXPECT_TRUE(admission.PlaceOf({"a", "c"}).is_new);
  EXPECT_TRUE(admission.PlaceOf({"a", "c"}).is_new);
  EXPECT_EQ(admission.PlaceOf({"a", "d"}).fold, Fold::kNone);
  EXPECT_EQ(admission.PlaceOf({"a", "e"}).fold, Fold::kCluster) << "not into the reserve";
  EXPECT_THAT(admission.new_series(), ElementsAre(SeriesLabels{"a", "c"}, SeriesLabels{"a", "d"},
                                                  SeriesLabels{"a", "other"}));
}

TEST_F(SeriesAdmissionTest, RetiresTheLongestIdleSeries) {
  Activate({"a", "c"}, 301);
  Activate({"a", "d"}, 300);
  SeriesAdmission admission = Admission(33);
  EXPECT_EQ(admission.PlaceOf({"a", "e"}).fold, Fold::kNone);
  EXPECT_THAT(admission.retired_series(), ElementsAre(SeriesLabels{"a", "d"}));
  EXPECT_EQ(admission.PlaceOf({"a", "d"}).fold, Fold::kNone) << "in place of c";
  EXPECT_EQ(admission.PlaceOf({"a", "c"}).fold, Fold::kCluster) << "the others are in use";
}

TEST_F(SeriesAdmissionTest, KeepsSeriesInUseOrUnscraped) {
  const UnfinishedJob running{.id = 1};
  Activate({"a", "c"}).SetUnfinished(running);
  Activate({"a", "d"}).Freeze();
  Series& unscraped = Activate({"a", "e"});
  unscraped.activity().MarkUnscraped();
  Activate({"a", "f"});
  {
    SeriesAdmission admission = Admission(53);
    admission.Keep({"a", "f"});
    EXPECT_EQ(admission.PlaceOf({"a", "g"}).fold, Fold::kCluster);
    EXPECT_THAT(admission.retired_series(), IsEmpty());
  }
  unscraped.View(7);
  for (const uint64_t scraped : {6U, 7U}) {
    SeriesAdmission admission = Admission(53, scraped);
    admission.Keep({"a", "f"});
    EXPECT_EQ(admission.PlaceOf({"a", "g"}).fold == Fold::kNone, scraped == 7) << scraped;
  }
}

TEST_F(SeriesAdmissionTest, LetsAFirstSeriesUseTheReserve) {
  Activate({"a", "c"}).activity().MarkUnscraped();
  SeriesAdmission admission = Admission(26);
  EXPECT_EQ(admission.PlaceOf({"b", "c"}).fold, Fold::kNone);
  EXPECT_EQ(admission.PlaceOf({"a", "d"}).fold, Fold::kPackage) << "no room for a, other";
  const auto third = admission.PlaceOf({"d", "c"});
  EXPECT_EQ(third.fold, Fold::kPackage);
  EXPECT_EQ(third.labels, OverflowLabels({}));
}

TEST_F(SeriesAdmissionTest, RetiresIdlePackagesFirst) {
  for (const std::string package : {"a", "b", "d"}) Finish(package, 1, 100);
  Activate({"a", "c"});
  SeriesAdmission admission = Admission(26);
  EXPECT_EQ(admission.PlaceOf({"b", "c"}).fold, Fold::kNone);
  EXPECT_THAT(admission.retired_packages(), ElementsAre("d"));
  EXPECT_THAT(admission.retired_series(), IsEmpty());
}

TEST_F(SeriesAdmissionTest, RetiresNothingInVain) {
  for (const std::string package : {"b", "d"}) Finish(package, 1, 100);
  Activate({"a", "c"}).activity().MarkUnscraped();
  SeriesAdmission admission = Admission(20);
  EXPECT_EQ(admission.PlaceOf({"e", "c"}).fold, Fold::kPackage);
  EXPECT_THAT(admission.retired_packages(), IsEmpty());
}

TEST_F(SeriesAdmissionTest, FoldsNothingWithoutAClusterLabel) {
  LabelScheme scheme;
  scheme.cluster.value = LabelValue::kNone;
  series_ = SeriesTable(zero_, scheme);
  SeriesAdmission admission = Admission(13);
  EXPECT_EQ(admission.PlaceOf({"a", ""}).labels, (SeriesLabels{"a", ""}));
  EXPECT_EQ(admission.PlaceOf({"a", ""}).fold, Fold::kNone);
  EXPECT_EQ(admission.PlaceOf({"b", ""}).labels, (SeriesLabels{"other", ""}));
}

TEST(SeriesCap, TracksTheReserveUpToTheCap) {
  const SeriesCap cap(Options(50));
  EXPECT_EQ(cap.TrackedSamples({.series = 1, .folds = 0, .packages = 1}), 23U);
  EXPECT_EQ(cap.TrackedSamples({.series = 2, .folds = 1, .packages = 1}), 23U);
  EXPECT_EQ(cap.TrackedSamples({.series = 3, .folds = 0, .packages = 3}), 50U);
  EXPECT_FALSE(cap.FitsWithReserve({.series = 3, .folds = 0, .packages = 3}));
  EXPECT_TRUE(cap.Fits({.series = 3, .folds = 0, .packages = 3}));
}

}  // namespace
}  // namespace xplenty::series_admission_test
