#include "collector/collector.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "exporter_names.h"
#include "support/whole_account.h"
#include "support/whole_family.h"

namespace xplenty::collector_test {
namespace {

using prometheus::MetricType;
using std::chrono::hours;

const BucketBounds kRuntime = {10, 100};
const BucketBounds kWait = {5};

// One series and one package with all values.
AccountView FullView() {
  JobCounters counters(std::make_shared<const BucketBounds>(kRuntime),
                       std::make_shared<const BucketBounds>(kWait));
  counters.finished = {3, 2, 1};
  counters.records = 77;
  for (const int64_t seconds : {10, 50, 1000}) counters.runtime[0].Observe(seconds);
  counters.wait.Observe(4);
  SeriesView series{
      .package = "sales",
      .cluster = "blue",
      .counters = counters,
      .jobs = {},
      .started = StartedJobs{.mean_progress = 0.5, .oldest_start = FromUnix(500), .records = 9},
      .oldest_waiting_creation = FromUnix(600)};
  for (size_t i = 0; i < kJobStatusCount; ++i) series.jobs[i] = i;
  AccountView view;
  view.account = "acme";
  view.count_from = FromUnix(100);
  view.watermark = FromUnix(200);
  view.initial_sync_complete = true;
  view.state_current = true;
  view.series = {std::make_shared<const SeriesView>(series)};
  view.packages = {
      {.package = "sales",
       .last_success =
           FinishedRun{.finished_at = FromUnix(301), .runtime_seconds = 42, .records = 43},
       .last_failure = FromUnix(302),
       .last_finish = FromUnix(303),
       .last_status = JobStatus::kStopped,
       .consecutive_failures = 4}};
  view.packages_info = {{"sales", "11"}};
  view.clusters_info = {{"blue", "12"}};
  view.anomalies = {1, 2, 3, 4, 5, 6, 7};
  view.overflow_jobs = 8;
  view.tracked_jobs = 9;
  view.tracked_series = 10;
  view.max_series = 11;
  view.created_series = 12;
  view.evicted_series = 13;
  return view;
}

std::vector<MetricFamily> Collect(const AccountView& view, const CollectOptions& options = {}) {
  return CollectAccount(view, options);
}

// The samples as "name{label=value,...}" to value; each bucket, sum and count is a sample.
std::map<std::string, double> Samples(const std::vector<MetricFamily>& families) {
  std::map<std::string, double> samples;
  const auto put = [&](const std::string& name, double value) {
    EXPECT_TRUE(samples.emplace(name, value).second) << "twice: " << name;
  };
  for (const MetricFamily& family : families) {
    EXPECT_FALSE(family.help.empty()) << family.name;
    for (const Metric& sample : family.metric) {
      std::string labels = "{";
      for (const auto& label : sample.label) labels += label.name + "=" + label.value + ",";
      labels += "}";
      if (family.type == MetricType::Counter) put(family.name + labels, sample.counter.value);
      if (family.type == MetricType::Gauge) put(family.name + labels, sample.gauge.value);
      if (family.type != MetricType::Histogram) continue;
      for (size_t i = 0; i < sample.histogram.bucket.size(); ++i) {
        put(family.name + "_bucket" + labels + std::to_string(i),
            static_cast<double>(sample.histogram.bucket[i].cumulative_count));
      }
      put(family.name + "_sum" + labels, sample.histogram.sample_sum);
      put(family.name + "_count" + labels, static_cast<double>(sample.histogram.sample_count));
    }
  }
  return samples;
}

std::map<std::string, MetricType> Names(const std::vector<MetricFamily>& families) {
  std::map<std::string, MetricType> names;
  for (const MetricFamily& family : families) names[family.name] = family.type;
  return names;
}

TEST(Collector, FamiliesHaveNamesAndTypes) {
  EXPECT_EQ(Names(Collect(FullView())), ExporterNames());
}

TEST(Collector, ShowsEveryFigureUnderItsLabels) {
  const auto samples = Samples(Collect(FullView()));
  const std::string series = "account=acme,package=sales,cluster=blue,";
  const std::map<std::string, double> expected = {
      {"xplenty_jobs{" + series + "status=running,}", 3},
      {"xplenty_jobs{" + series + "status=unknown,}", 9},
      {"xplenty_job_progress_ratio{" + series + "}", 0.5},
      {"xplenty_job_oldest_running_start_timestamp_seconds{" + series + "}", 500},
      {"xplenty_job_oldest_waiting_creation_timestamp_seconds{" + series + "}", 600},
      {"xplenty_job_unfinished_output_records{" + series + "}", 9},
      {"xplenty_jobs_finished{" + series + "status=completed,}", 3},
      {"xplenty_jobs_finished{" + series + "status=failed,}", 2},
      {"xplenty_jobs_finished{" + series + "status=stopped,}", 1},
      {"xplenty_job_output_records{" + series + "}", 77},
      {"xplenty_job_runtime_seconds_bucket{" + series + "status=completed,}0", 1},
      {"xplenty_job_runtime_seconds_bucket{" + series + "status=completed,}1", 2},
      {"xplenty_job_runtime_seconds_bucket{" + series + "status=completed,}2", 3},
      {"xplenty_job_runtime_seconds_sum{" + series + "status=completed,}", 1060},
      {"xplenty_job_runtime_seconds_count{" + series + "status=completed,}", 3},
      {"xplenty_job_runtime_seconds_count{" + series + "status=failed,}", 0},
      {"xplenty_job_wait_seconds_sum{" + series + "}", 4},
      {"xplenty_package_last_success_timestamp_seconds{account=acme,package=sales,}", 301},
      {"xplenty_package_last_failure_timestamp_seconds{account=acme,package=sales,}", 302},
      {"xplenty_package_last_finish_timestamp_seconds{account=acme,package=sales,}", 303},
      {"xplenty_package_last_status{account=acme,package=sales,status=completed,}", 0},
      {"xplenty_package_last_status{account=acme,package=sales,status=failed,}", 0},
      {"xplenty_package_last_status{account=acme,package=sales,status=stopped,}", 1},
      {"xplenty_package_consecutive_failures{account=acme,package=sales,}", 4},
      {"xplenty_package_last_success_runtime_seconds{account=acme,package=sales,}", 42},
      {"xplenty_package_last_success_output_records{account=acme,package=sales,}", 43},
      {"xplenty_package_info{account=acme,package=sales,package_id=11,}", 1},
      {"xplenty_cluster_info{account=acme,cluster=blue,cluster_id=12,}", 1},
      {"xplenty_exporter_watermark_timestamp_seconds{account=acme,}", 200},
      {"xplenty_exporter_count_from_timestamp_seconds{account=acme,}", 100},
      {"xplenty_exporter_tracked_jobs{account=acme,}", 9},
      {"xplenty_exporter_tracked_series{account=acme,}", 10},
      {"xplenty_exporter_max_series{account=acme,}", 11},
      {"xplenty_exporter_series_created{account=acme,}", 12},
      {"xplenty_exporter_series_evicted{account=acme,}", 13},
      {"xplenty_exporter_job_anomalies{account=acme,reason=malformed,}", 1},
      {"xplenty_exporter_job_anomalies{account=acme,reason=vanished,}", 6},
      {"xplenty_exporter_job_anomalies{account=acme,reason=package_folded,}", 7},
      {"xplenty_exporter_overflow_jobs{account=acme,}", 8}};
  for (const auto& [name, value] : expected) {
    ASSERT_TRUE(samples.contains(name)) << name;
    EXPECT_EQ(samples.at(name), value) << name;
  }
}

TEST(Collector, OmitsCountersBeforeInitialSync) {
  AccountView view = FullView();
  view.initial_sync_complete = false;
  view.state_current = false;
  for (const auto& [name, type] : Names(Collect(view))) {
    EXPECT_TRUE(name.starts_with("xplenty_exporter_")) << name;
  }
}

TEST(Collector, KeepsCountersWhileStateIsUnknown) {
  AccountView view = FullView();
  view.state_current = false;
  auto expected = ExporterNames();
  for (const char* name :
       {"xplenty_jobs", "xplenty_job_progress_ratio", "xplenty_job_unfinished_output_records",
        "xplenty_job_oldest_running_start_timestamp_seconds",
        "xplenty_job_oldest_waiting_creation_timestamp_seconds"}) {
    EXPECT_EQ(expected.erase(name), 1U);
  }
  EXPECT_EQ(Names(Collect(view)), expected);
}

TEST(Collector, LeavesOutJobsWithoutAny) {
  AccountView view = FullView();
  SeriesView series = *view.series.front();
  series.jobs = {};
  series.jobs[static_cast<size_t>(JobStatus::kFailed)] = 1;
  view.series = {std::make_shared<const SeriesView>(series)};
  const std::string running =
      "xplenty_jobs{account=acme,package=sales,cluster=blue,status=running,}";
  EXPECT_TRUE(Samples(Collect(view)).contains(running)) << "all statuses, most of them at 0";
  series.jobs = {};
  view.series = {std::make_shared<const SeriesView>(series)};
  const auto names = Names(Collect(view));
  EXPECT_FALSE(names.contains("xplenty_jobs"));
  EXPECT_TRUE(names.contains("xplenty_jobs_finished"));
}

TEST(Collector, LeavesOutWhatIsNotKnown) {
  AccountView view = FullView();
  view.watermark.reset();
  PackageView package = view.packages.front();
  package.last_success.reset();
  package.last_failure.reset();
  view.packages = {package};
  const auto names = Names(Collect(view));
  EXPECT_FALSE(names.contains("xplenty_exporter_watermark_timestamp_seconds"));
  EXPECT_FALSE(names.contains("xplenty_package_last_success_timestamp_seconds"));
  EXPECT_FALSE(names.contains("xplenty_package_last_success_runtime_seconds"));
  EXPECT_FALSE(names.contains("xplenty_package_last_failure_timestamp_seconds"));
  EXPECT_TRUE(names.contains("xplenty_package_last_finish_timestamp_seconds"));
}

TEST(Collector, ExemplarIsTheLatestJob) {
  AccountView view = FullView();
  SeriesView series = *view.series.front();
  Histogram& failed = series.counters.runtime.at(FinishedIndex(JobStatus::kFailed));
  for (const JobExemplar& job : {JobExemplar{157, 30, FromUnix(800)}, {158, 5, FromUnix(700)}}) {
    failed.Observe(job.seconds);
    failed.OfferExemplar(job);
  }
  view.series = {std::make_shared<const SeriesView>(series)};
  const auto exemplar = [](const std::string& id, double value, double time) {
    return Exemplar{.label = {{"job_id", id}}, .value = value, .timestamp_seconds = time};
  };
  for (const MetricFamily& family : Collect(view)) {
    for (const Metric& metric : family.metric) {
      const bool is_failed = metric.label.back().value == "failed";
      if (family.name == "xplenty_jobs_finished" && is_failed) {
        EXPECT_EQ(metric.exemplar, exemplar("157", 30, 800));
      } else if (family.name == "xplenty_job_runtime_seconds" && is_failed) {
        EXPECT_EQ(metric.bucket_exemplars,
                  (std::vector<std::optional<Exemplar>>{exemplar("158", 5, 700),
                                                        exemplar("157", 30, 800), std::nullopt}));
      } else {
        EXPECT_EQ(metric.exemplar, std::nullopt) << family.name;
        EXPECT_TRUE(metric.bucket_exemplars.empty()) << family.name;
      }
    }
  }
}

TEST(Collector, CreatedIsCountFromOnRequest) {
  for (const bool on : {false, true}) {
    for (const MetricFamily& family : Collect(FullView(), {.created_timestamps = on})) {
      const bool counts =
          family.type == MetricType::Counter || family.type == MetricType::Histogram;
      const auto created = on && counts ? std::optional(100.0) : std::nullopt;
      for (const Metric& metric : family.metric) EXPECT_EQ(metric.created, created) << family.name;
    }
  }
}

// The number of samples of the families in a text format.
uint64_t RenderedSamples(const std::vector<MetricFamily>& families,
                         void (*append)(const MetricFamily&, std::string&) = AppendText) {
  std::string text;
  for (const MetricFamily& family : families) append(family, text);
  std::istringstream lines(text);
  uint64_t samples = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('#')) ++samples;
  }
  return samples;
}

TEST(CollectorCost, IsWhatAFullSeriesRenders) {
  const AccountView view = FullView();
  const auto& block = *view.series.blocks().front();
  const auto& clusters = *view.clusters_info.blocks().front();
  EXPECT_EQ(SamplesPerSeries(kRuntime, kWait, false),
            RenderedSamples(CollectSeries(view, block, false)) +
                RenderedSamples(CollectClusterInfos(view, clusters)));
  EXPECT_EQ(SamplesPerSeries(kRuntime, kWait, true),
            RenderedSamples(CollectSeries(view, block, true), AppendOpenMetrics) +
                RenderedSamples(CollectClusterInfos(view, clusters)));
}

TEST(CollectorCost, IsWhatAFullPackageRenders) {
  const AccountView view = FullView();
  EXPECT_EQ(SamplesPerPackage(),
            RenderedSamples(CollectPackages(view, *view.packages.blocks().front())) +
                RenderedSamples(CollectPackageInfos(view, *view.packages_info.blocks().front())));
}

TEST(CollectorCost, GrowsWithEachBucket) {
  const uint64_t cost = SamplesPerSeries(kRuntime, kWait, false);
  EXPECT_EQ(SamplesPerSeries({1, 10, 100}, kWait, false), cost + kFinishedStatuses.size());
  EXPECT_EQ(SamplesPerSeries(kRuntime, {1, 5}, false), cost + 1);
}

// A scheme in which every label differs from its default.
LabelScheme OtherScheme(LabelValue value) {
  return {.account = {"tenant"},
          .package = {.name = "etl_package", .value = value},
          .cluster = {.name = "etl_cluster", .value = value}};
}

// Three unfinished jobs; the last one has not started.
AccountView ViewWithUnfinishedJobs() {
  AccountView view = FullView();
  const auto job = [](int64_t id, JobStatus status, std::optional<double> progress) {
    return UnfinishedJob{.id = id,
                         .package = "sales",
                         .cluster = "blue",
                         .status = status,
                         .progress = progress,
                         .created_at = FromUnix(600),
                         .started_at = FromUnix(700),
                         .link = {}};
  };
  std::vector<UnfinishedJob> jobs = {job(5, JobStatus::kRunning, 0.25),
                                     job(7, JobStatus::kStopping, {}),
                                     job(9, JobStatus::kQueued, 0)};
  jobs[2].started_at.reset();
  view.unfinished = std::make_shared<const std::vector<UnfinishedJob>>(jobs);
  return view;
}

TEST(CollectorLabels, LabelNamesFollowTheScheme) {
  AccountView view = ViewWithUnfinishedJobs();
  view.labels = OtherScheme(LabelValue::kName);
  const CollectOptions options{.per_job = 10, .expected_intervals = {{"sales", hours(24)}}};
  const auto samples = Samples(Collect(view, options));
  for (const auto& [name, value] : samples) {
    EXPECT_NE(name.find("{tenant=acme,"), std::string::npos) << name;
    EXPECT_EQ(name.find("{package="), std::string::npos) << name;
    EXPECT_EQ(name.find(",package="), std::string::npos) << name;
    EXPECT_EQ(name.find(",cluster="), std::string::npos) << name;
  }
  for (const char* name :
       {"xplenty_jobs{tenant=acme,etl_package=sales,etl_cluster=blue,status=running,}",
        "xplenty_package_last_finish_timestamp_seconds{tenant=acme,etl_package=sales,}",
        "xplenty_package_info{tenant=acme,etl_package=sales,package_id=11,}",
        "xplenty_cluster_info{tenant=acme,etl_cluster=blue,cluster_id=12,}",
        "xplenty_package_expected_interval_seconds{tenant=acme,etl_package=sales,}",
        "xplenty_job_info{tenant=acme,etl_package=sales,etl_cluster=blue,job_id=5,status=running,}",
        "xplenty_exporter_tracked_jobs{tenant=acme,}"}) {
    EXPECT_TRUE(samples.contains(name)) << name;
  }
}

TEST(CollectorLabels, InfoHasTheNameForIds) {
  AccountView view = FullView();
  view.labels = OtherScheme(LabelValue::kId);
  view.packages_info = {{"11", "sales"}};
  view.clusters_info = {{"12", "blue"}};
  const auto samples = Samples(Collect(view));
  EXPECT_TRUE(
      samples.contains("xplenty_package_info{tenant=acme,etl_package=11,package_name=sales,}"));
  EXPECT_TRUE(
      samples.contains("xplenty_cluster_info{tenant=acme,etl_cluster=12,cluster_name=blue,}"));
}

TEST(CollectorLabels, LabelsCanBeLeftOut) {
  AccountView view = ViewWithUnfinishedJobs();
  view.labels = OtherScheme(LabelValue::kNone);
  view.labels.account.value = LabelValue::kNone;
  view.packages_info = {};  // the ledger leaves them empty
  view.clusters_info = {};
  const CollectOptions options{.per_job = 10};
  const auto families = Collect(view, options);
  for (const auto& [name, value] : Samples(families)) {
    for (const char* gone : {"tenant", "etl_", "package=", "cluster=", "account="}) {
      EXPECT_EQ(name.find(gone), std::string::npos) << name;
    }
  }
  auto expected = ExporterNames();
  for (const char* name : {"xplenty_package_info", "xplenty_cluster_info"}) expected.erase(name);
  for (const auto& [name, type] : PerJobNames()) expected.emplace(name, type);
  EXPECT_EQ(Names(families), expected);
}

TEST(CollectorPerJob, ListsOldestJobsAndCountsTheRest) {
  auto samples = Samples(Collect(ViewWithUnfinishedJobs(), {.per_job = 2}));
  std::erase_if(samples, [](const auto& sample) {
    return sample.first.find("job_id") == std::string::npos &&
           !sample.first.starts_with("xplenty_exporter_unlisted");
  });
  const std::string sales = "package=sales,cluster=blue,";
  const std::map<std::string, double> expected = {
      {"xplenty_job_info{account=acme," + sales + "job_id=5,status=running,}", 1},
      {"xplenty_job_info{account=acme," + sales + "job_id=7,status=stopping,}", 1},
      {"xplenty_running_job_progress_ratio{account=acme," + sales + "job_id=5,}", 0.25},
      {"xplenty_exporter_unlisted_jobs{account=acme,}", 1}};
  EXPECT_EQ(samples, expected);
}

TEST(CollectorPerJob, LeavesNothingOutSilently) {
  AccountView view = ViewWithUnfinishedJobs();
  const std::string unlisted = "xplenty_exporter_unlisted_jobs{account=acme,}";
  EXPECT_EQ(Samples(Collect(view, {.per_job = 0})).at(unlisted), 3);
  EXPECT_EQ(Samples(Collect(view, {.per_job = 3})).at(unlisted), 0);
  EXPECT_FALSE(Samples(Collect(view)).contains(unlisted));
  view.state_current = false;
  const auto names = Names(Collect(view, {.per_job = 3}));
  EXPECT_FALSE(names.contains("xplenty_job_info"));
  EXPECT_FALSE(names.contains("xplenty_running_job_progress_ratio"));
  EXPECT_FALSE(names.contains("xplenty_exporter_unlisted_jobs")) << "nobody knows";
}

TEST(CollectorExpectedIntervals, AreExposedForUnknownPackages) {
  AccountView view;
  view.account = "acme";
  const auto samples = Samples(
      Collect(view, {.expected_intervals = {{"sales", hours(24)}, {"never seen", hours(1)}}}));
  const std::string name = "xplenty_package_expected_interval_seconds{account=acme,package=";
  EXPECT_EQ(samples.at(name + "sales,}"), 86400);
  EXPECT_EQ(samples.at(name + "never seen,}"), 3600);
}

}  // namespace
}  // namespace xplenty::collector_test
