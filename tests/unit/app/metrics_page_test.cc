#include "app/metrics_page.h"

#include <array>
#include <string>

#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <zlib.h>

namespace xplenty {
namespace {

// Of one gzip member that is all there is; else empty.
std::string Inflate(const std::string& bytes) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::array<unsigned char, 65536> out{};
  std::string in = bytes;
  stream.next_in = reinterpret_cast<unsigned char*>(in.data());
  stream.avail_in = static_cast<unsigned>(in.size());
  stream.next_out = out.data();
  stream.avail_out = out.size();
  const bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
  const size_t size = stream.total_out;
  inflateEnd(&stream);
  return whole ? std::string(reinterpret_cast<const char*>(out.data()), size) : std::string();
}

class Page : public ::testing::Test {
 protected:
  Page() { prometheus::BuildGauge().Name("own").Help("h").Register(registry_).Add({}).Set(1); }

  prometheus::Registry registry_;
  MetricsPage page_{registry_};
};

TEST_F(Page, WithoutAViewItShowsTheProgramAlone) {
  const auto exposition =
      page_.Render(Format::kText, MetricsPage::Coding::kIdentity, /*with_process=*/false);
  EXPECT_EQ(exposition.view, nullptr);
  EXPECT_EQ(*exposition.body, "# HELP own h\n# TYPE own gauge\nown 1\n");
}

TEST_F(Page, TheFamiliesOfTheViewComeBeforeThoseOfTheProgram) {
  auto view = std::make_shared<AccountView>();
  view->account = "acme";
  page_.SetView(view);
  const auto exposition =
      page_.Render(Format::kText, MetricsPage::Coding::kIdentity, /*with_process=*/true);
  EXPECT_EQ(exposition.view, view);
  EXPECT_LT(exposition.body->find("xplenty_"), exposition.body->find("\nown 1\n"));
  EXPECT_NE(exposition.body->find("\nprocess_start_time_seconds "), std::string::npos);
}

TEST_F(Page, GzipIsOneMemberOfTheSameText) {
  page_.SetView(std::make_shared<AccountView>());
  const auto plain =
      page_.Render(Format::kText, MetricsPage::Coding::kIdentity, /*with_process=*/false);
  const auto gzip = page_.Render(Format::kText, MetricsPage::Coding::kGzip, /*with_process=*/false);
  EXPECT_EQ(Inflate(*gzip.body), *plain.body);
}

TEST_F(Page, OpenMetricsEndsWithItsEndAndNothingElseDoes) {
  page_.SetView(std::make_shared<AccountView>());
  const auto body = [&](Format format) {
    return *page_.Render(format, MetricsPage::Coding::kIdentity, /*with_process=*/true).body;
  };
  const std::string text = body(Format::kOpenMetrics);
  EXPECT_TRUE(text.ends_with("\n# EOF\n"));
  EXPECT_EQ(text.find("# EOF"), text.size() - 6);
  EXPECT_EQ(body(Format::kText).find("# EOF"), std::string::npos);
}

TEST_F(Page, TellsOnRequestThatTheProgramCountsFromItsStart) {
  prometheus::BuildCounter().Name("mine").Help("h").Register(registry_).Add({});
  const MetricsPage with_created(registry_, {.created_timestamps = true});
  const auto body = [](const MetricsPage& page) {
    return *page.Render(Format::kOpenMetrics, MetricsPage::Coding::kIdentity, true).body;
  };
  EXPECT_EQ(body(page_).find("_created"), std::string::npos);
  const std::string text = body(with_created);
  const auto value_of = [&](const std::string& name) {
    const size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? name : text.substr(at + name.size() + 2, 10);
  };
  EXPECT_EQ(value_of("mine_created"), value_of("process_start_time_seconds"));
  EXPECT_EQ(value_of("process_cpu_seconds_created"), value_of("process_start_time_seconds"));
  EXPECT_EQ(text.find("own_created"), std::string::npos) << "a gauge has no beginning";
}

}  // namespace
}  // namespace xplenty
