#include "app/metrics_page.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include "support/gunzip.h"

namespace xplenty {
namespace {

class Page : public ::testing::Test {
 protected:
  using Program = MetricsPage::Program;

  Page() { prometheus::BuildGauge().Name("own").Help("h").Register(registry_).Add({}).Set(1); }

  // What an account shows of that many jobs.
  static void Show(AccountPage& page, const std::string& name, uint64_t tracked_jobs) {
    auto view = std::make_shared<AccountView>();
    view->account = name;
    view->tracked_jobs = tracked_jobs;
    page.SetView(view);
  }

  std::string Text(const MetricsPage::Parts& parts, Program program) const {
    return page_.Render(parts, Format::kText, MetricsPage::Coding::kIdentity, program).Flat();
  }

  SystemClock clock_;
  prometheus::Registry registry_;
  MetricsPage page_{registry_};
  AccountInstruments acme_instruments_{{{"account", "acme"}}, clock_};
  AccountInstruments globex_instruments_{{{"account", "globex"}}, clock_};
  AccountPage acme_{acme_instruments_, {}, {}};
  AccountPage globex_{globex_instruments_, {}, {}};
};

TEST_F(Page, WithoutAccountsHasProcessFamiliesOnly) {
  EXPECT_EQ(Text({}, Program::kWithoutProcess), "# HELP own h\n# TYPE own gauge\nown 1\n");
  EXPECT_EQ(Text({}, Program::kNone), "");
  EXPECT_NE(Text({}, Program::kAll).find("\nprocess_start_time_seconds "), std::string::npos);
}

TEST_F(Page, AccountWithoutViewHasApiMetrics) {
  EXPECT_EQ(acme_.Latest()->view, nullptr);
  EXPECT_NE(Text({acme_.Latest()}, Program::kNone).find("xplenty_up{account=\"acme\"} 0\n"),
            std::string::npos);
}

TEST_F(Page, FamilyHasOneHeader) {
  Show(acme_, "acme", 1);
  Show(globex_, "globex", 2);
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

TEST_F(Page, UnchangedBlocksAreNotRenderedAgain) {
  Show(acme_, "acme", 1);
  const auto samples = [&] {
    const auto part = acme_.Latest();
    const auto of = [&](AccountPage::Group group, const std::string& family) {
      const RenderedFamilies& families = part->groups.at(group).at(0)->In(Format::kText);
      return std::ranges::find(families, family, &RenderedFamily::name)->samples;
    };
    return std::pair(of(AccountPage::kLedger, "xplenty_exporter_tracked_jobs"),
                     of(AccountPage::kApi, "xplenty_up"));
  };
  const auto before = samples();
  EXPECT_EQ(samples(), before);
  acme_instruments_.NoResponse();
  EXPECT_EQ(samples().first, before.first);
  EXPECT_NE(samples().second, before.second);
  Show(acme_, "acme", 2);
  EXPECT_NE(samples().first, before.first);
}

TEST_F(Page, UnusedFormatKeepsNothing) {
  Show(acme_, "acme", 1);
  const std::weak_ptr<const AccountView> old = acme_.Latest()->view;
  page_.Render({acme_.Latest()}, Format::kOpenMetrics, MetricsPage::Coding::kGzip, Program::kAll);
  EXPECT_FALSE(old.expired());
  Show(acme_, "acme", 2);
  Text({acme_.Latest()}, Program::kAll);
  EXPECT_TRUE(old.expired());
}

TEST_F(Page, RegistryChangeIsRendered) {
  uint64_t changes = 1;
  const MetricsPage page(registry_, {.registry_changes = [&] { return changes; }});
  const auto text = [&] {
    return page.Render({}, Format::kText, MetricsPage::Coding::kIdentity, Program::kWithoutProcess)
        .Flat();
  };
  EXPECT_TRUE(text().ends_with("\nown 1\n"));
  prometheus::BuildGauge().Name("own").Help("h").Register(registry_).Add({}).Set(2);
  ++changes;
  EXPECT_TRUE(text().ends_with("\nown 2\n"));
}

TEST_F(Page, AChangeOfTheInstrumentsShows) {
  Text({acme_.Latest()}, Program::kNone);
  acme_instruments_.RefreshEnded({.took = std::chrono::duration<double>(1)});
  EXPECT_NE(Text({acme_.Latest()}, Program::kNone).find("xplenty_up{account=\"acme\"} 1\n"),
            std::string::npos);
}

TEST_F(Page, GzipIsOneMember) {
  Show(acme_, "acme", 1);
  Show(globex_, "globex", 2);
  const MetricsPage::Parts parts = {acme_.Latest(), globex_.Latest()};
  const auto body = [&](MetricsPage::Coding coding) {
    return page_.Render(parts, Format::kText, coding, Program::kWithoutProcess).Flat();
  };
  EXPECT_EQ(GunzipOneMember(body(MetricsPage::Coding::kGzip)),
            body(MetricsPage::Coding::kIdentity));
}

TEST_F(Page, OnlyOpenMetricsEndsWithEof) {
  Show(acme_, "acme", 1);
  const MetricsPage::Parts parts = {acme_.Latest()};
  const auto body = [&](Format format) {
    return page_.Render(parts, format, MetricsPage::Coding::kIdentity, Program::kAll).Flat();
  };
  const std::string text = body(Format::kOpenMetrics);
  EXPECT_TRUE(text.ends_with("\n# EOF\n"));
  EXPECT_EQ(text.find("# EOF"), text.size() - 6);
  EXPECT_EQ(body(Format::kText).find("# EOF"), std::string::npos);
}

TEST_F(Page, CreatedIsProcessStartOnRequest) {
  prometheus::BuildCounter().Name("mine").Help("h").Register(registry_).Add({});
  const MetricsPage with_created(registry_, {.created_timestamps = true});
  const AccountPage acme(acme_instruments_, {.created_timestamps = true}, with_created.created());
  const auto body = [](const MetricsPage& page, const AccountPage& account) {
    return page
        .Render({account.Latest()}, Format::kOpenMetrics, MetricsPage::Coding::kIdentity,
                Program::kAll)
        .Flat();
  };
  EXPECT_EQ(body(page_, acme_).find("_created"), std::string::npos);
  const std::string text = body(with_created, acme);
  const auto value_of = [&](const std::string& name) {
    const size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? name : text.substr(at + name.size() + 2, 10);
  };
  EXPECT_EQ(value_of("mine_created"), value_of("process_start_time_seconds"));
  EXPECT_EQ(value_of("process_cpu_seconds_created"), value_of("process_start_time_seconds"));
  EXPECT_EQ(value_of("xplenty_api_requests_created{account=\"acme\",code=\"200\"}"),
            value_of("process_start_time_seconds"));
  EXPECT_EQ(text.find("own_created"), std::string::npos) << "a gauge has no beginning";
}

}  // namespace
}  // namespace xplenty
