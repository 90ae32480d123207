#include "app/exposition_cache.h"

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include "app/exporter_metrics.h"
#include "support/gunzip.h"

namespace xplenty::exposition_cache_test {
namespace {

class ExpositionCacheTest : public ::testing::Test {
 protected:
  using Program = ExpositionCache::Program;

  ExpositionCacheTest() {
    prometheus::BuildGauge().Name("own").Help("h").Register(registry_).Add({}).Set(1);
  }

  static OwnMetrics MetricsOf(const AccountMetrics& metrics) {
    return {.collect = [&metrics] { return metrics.Collect(); },
            .changes = [&metrics] { return metrics.changes(); }};
  }

  // Updates an account to a view with that many tracked jobs.
  static void Update(ExpositionSource& account, const std::string& name, uint64_t tracked_jobs) {
    auto view = std::make_shared<AccountView>();
    view->account = name;
    view->tracked_jobs = tracked_jobs;
    account.Update(view);
  }

  std::string Text(const ExpositionCache::Sources& accounts, Program program) {
    return cache_.Render(accounts, Format::kText, Coding::kIdentity, program).ToString();
  }

  SystemClock clock_;
  prometheus::Registry registry_;
  ExpositionCache cache_{registry_};
  AccountMetrics acme_instruments_{{{"account", "acme"}}, clock_};
  AccountMetrics globex_instruments_{{{"account", "globex"}}, clock_};
  ExpositionSource acme_{MetricsOf(acme_instruments_)};
  ExpositionSource globex_{MetricsOf(globex_instruments_)};
};

TEST_F(ExpositionCacheTest, RendersTheProgramWithoutAccounts) {
  EXPECT_EQ(Text({}, Program::kWithoutProcess), "# HELP own h\n# TYPE own gauge\nown 1\n");
  EXPECT_EQ(Text({}, Program::kNone), "");
  EXPECT_NE(Text({}, Program::kAll).find("\nprocess_start_time_seconds "), std::string::npos);
}

TEST_F(ExpositionCacheTest, RendersOwnMetricsWithoutAView) {
  EXPECT_EQ(acme_.Latest()->view, nullptr);
  EXPECT_NE(Text({acme_.Latest()}, Program::kNone).find("xplenty_up{account=\"acme\"} 0\n"),
            std::string::npos);
}

TEST_F(ExpositionCacheTest, PutsFamiliesUnderOneHeader) {
  Update(acme_, "acme", 1);
  Update(globex_, "globex", 2);
  const std::string text = Text({acme_.Latest(), globex_.Latest()}, Program::kWithoutProcess);
  EXPECT_NE(text.find("# TYPE xplenty_exporter_tracked_jobs gauge\n"
                      "xplenty_exporter_tracked_jobs{account=\"acme\"} 1\n"
                      "xplenty_exporter_tracked_jobs{account=\"globex\"} 2\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("# TYPE xplenty_up gauge\n"
                      "xplenty_up{account=\"acme\"} 0\n"
                      "xplenty_up{account=\"globex\"} 0\n"),
            std::string::npos);
}

TEST_F(ExpositionCacheTest, EncodesAgainOnlyWhatChanged) {
  Update(acme_, "acme", 1);
  const auto samples = [&] {
    const auto account = acme_.Latest();
    const auto of = [](const EncodedFamilies& families, const std::string& family) {
      return std::ranges::find(families.In(Format::kText), family, &EncodedFamily::name)->samples;
    };
    return std::pair(of(*account->of_view.back(), "xplenty_exporter_tracked_jobs"),
                     of(*account->own_metrics, "xplenty_up"));
  };
  const auto previous = samples();
  EXPECT_EQ(samples(), previous);
  acme_instruments_.OnNoResponse();
  EXPECT_EQ(samples().first, previous.first);
  EXPECT_NE(samples().second, previous.second);
  Update(acme_, "acme", 2);
  EXPECT_NE(samples().first, previous.first);
}

TEST_F(ExpositionCacheTest, SharesPartsBetweenScrapesWithoutChanges) {
  Update(acme_, "acme", 1);
  for (const Coding coding : {Coding::kIdentity, Coding::kGzip}) {
    const auto parts = [&] {
      auto all = cache_.Render({acme_.Latest()}, Format::kText, coding, Program::kAll).parts();
      all.pop_back();  // process_*, with the end of the gzip member
      return all;
    };
    const auto first = parts();
    EXPECT_FALSE(first.empty());
    EXPECT_EQ(parts(), first);
  }
}

TEST_F(ExpositionCacheTest, OrdersFamiliesAlikeInAllAccounts) {
  Update(acme_, "acme", 1);
  auto view = std::make_shared<AccountView>();
  view->account = "globex";
  view->initial_sync_complete = true;
  view->clusters_info = LabelInfos({{"etl", "7"}});
  globex_.Update(view);
  const std::string text = Text({acme_.Latest(), globex_.Latest()}, Program::kNone);
  const size_t cluster = text.find("# TYPE xplenty_cluster_info");
  EXPECT_LT(cluster, text.find("# TYPE xplenty_exporter_tracked_jobs")) << text;
}

// The number that Update() sets, from the exposition.
double TrackedJobs(const std::string& text) {
  const std::string sample = "\nxplenty_exporter_tracked_jobs{account=\"acme\"} ";
  const size_t at = text.find(sample);
  return at == std::string::npos ? -1 : std::stod(text.substr(at + sample.size(), 10));
}

TEST_F(ExpositionCacheTest, RendersOnManyThreadsDuringUpdates) {
  constexpr uint64_t kUpdates = 50;
  Update(acme_, "acme", 1);
  {
    std::vector<std::jthread> scrapes;
    for (const Coding coding : {Coding::kIdentity, Coding::kIdentity, Coding::kGzip}) {
      scrapes.emplace_back([this, coding] {
        for (double seen = 1; seen < kUpdates;) {
          const auto body =
              cache_.Render({acme_.Latest()}, Format::kText, coding, Program::kAll).ToString();
          const double now =
              TrackedJobs(coding == Coding::kGzip ? GunzipOneMember(body).value_or("") : body);
          ASSERT_GE(now, seen);
          seen = now;
        }
      });
    }
    for (uint64_t jobs = 2; jobs <= kUpdates; ++jobs) Update(acme_, "acme", jobs);
  }
  EXPECT_EQ(TrackedJobs(Text({acme_.Latest()}, Program::kNone)), kUpdates);
}

TEST_F(ExpositionCacheTest, DropsOldBodiesOfAllFormats) {
  Update(acme_, "acme", 1);
  const std::weak_ptr<const AccountView> old = acme_.Latest()->view;
  cache_.Render({acme_.Latest()}, Format::kOpenMetrics, Coding::kGzip, Program::kAll);
  EXPECT_FALSE(old.expired());
  Update(acme_, "acme", 2);
  Text({acme_.Latest()}, Program::kAll);
  EXPECT_TRUE(old.expired());
}

TEST_F(ExpositionCacheTest, RendersAChangeOfTheRegistry) {
  uint64_t changes = 1;
  ExpositionCache cache(registry_, {.registry_changes = [&] { return changes; }});
  const auto text = [&] {
    return cache.Render({}, Format::kText, Coding::kIdentity, Program::kWithoutProcess).ToString();
  };
  EXPECT_TRUE(text().ends_with("\nown 1\n"));
  prometheus::BuildGauge().Name("own").Help("h").Register(registry_).Add({}).Set(2);
  ++changes;
  EXPECT_TRUE(text().ends_with("\nown 2\n"));
}

TEST_F(ExpositionCacheTest, RendersAChangeOfOwnMetrics) {
  Text({acme_.Latest()}, Program::kNone);
  acme_instruments_.OnRefreshEnd({.took = std::chrono::duration<double>(1)});
  EXPECT_NE(Text({acme_.Latest()}, Program::kNone).find("xplenty_up{account=\"acme\"} 1\n"),
            std::string::npos);
}

TEST_F(ExpositionCacheTest, GzipIsOneMemberOfTheText) {
  Update(acme_, "acme", 1);
  Update(globex_, "globex", 2);
  const ExpositionCache::Sources accounts = {acme_.Latest(), globex_.Latest()};
  const auto body = [&](Coding coding) {
    return cache_.Render(accounts, Format::kText, coding, Program::kWithoutProcess).ToString();
  };
  EXPECT_EQ(GunzipOneMember(body(Coding::kGzip)), body(Coding::kIdentity));
}

TEST_F(ExpositionCacheTest, OnlyOpenMetricsHasAnEnd) {
  Update(acme_, "acme", 1);
  const ExpositionCache::Sources accounts = {acme_.Latest()};
  const auto body = [&](Format format) {
    return cache_.Render(accounts, format, Coding::kIdentity, Program::kAll).ToString();
  };
  const std::string text = body(Format::kOpenMetrics);
  EXPECT_TRUE(text.ends_with("\n# EOF\n"));
  EXPECT_EQ(text.find("# EOF"), text.size() - 6);
  EXPECT_EQ(body(Format::kText).find("# EOF"), std::string::npos);
}

TEST_F(ExpositionCacheTest, ExposesCreatedTimestampsOnRequest) {
  prometheus::BuildCounter().Name("mine").Help("h").Register(registry_).Add({});
  ExpositionCache with_created(registry_, {.created_timestamps = true});
  OwnMetrics metrics = MetricsOf(acme_instruments_);
  metrics.created = with_created.created();
  ExpositionSource acme(metrics, {.created_timestamps = true});
  const auto body = [](ExpositionCache& cache, ExpositionSource& account) {
    return cache.Render({account.Latest()}, Format::kOpenMetrics, Coding::kIdentity, Program::kAll)
        .ToString();
  };
  EXPECT_EQ(body(cache_, acme_).find("_created"), std::string::npos);
  const std::string text = body(with_created, acme);
  const auto value_of = [&](const std::string& name) {
    const size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? name : text.substr(at + name.size() + 2, 10);
  };
  EXPECT_EQ(value_of("mine_created"), value_of("process_start_time_seconds"));
  EXPECT_EQ(value_of("process_cpu_seconds_created"), value_of("process_start_time_seconds"));
  EXPECT_EQ(value_of("xplenty_api_requests_created{account=\"acme\",code=\"200\"}"),
            value_of("process_start_time_seconds"));
  EXPECT_EQ(text.find("own_created"), std::string::npos) << "a gauge has no created timestamp";
}

}  // namespace
}  // namespace xplenty::exposition_cache_test
