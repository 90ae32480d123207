#include "app/exporter_metrics.h"

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "exposition/text_encoder.h"
#include "support/whole_family.h"

namespace xplenty::exporter_metrics_test {
namespace {

std::string Text(const AccountMetrics& metrics) {
  std::string text;
  for (const MetricFamily& family : metrics.Collect()) AppendText(family, text);
  return text;
}

class Instruments : public ::testing::Test {
 protected:
  bool Shows(const std::string& line) const {
    return ("\n" + Text(instruments_)).find("\n" + line) != std::string::npos;
  }

  SystemClock clock_;
  AccountMetrics instruments_{{{"account", "acme"}}, clock_};
};

TEST_F(Instruments, ReasonsStartAtZero) {
  for (const std::string reason :
       {"auth", "rate_limit", "timeout", "network", "http", "parse", "storage"}) {
    EXPECT_TRUE(Shows("xplenty_exporter_refresh_errors_total{account=\"acme\",reason=\"" + reason +
                      "\"} 0\n"))
        << Text(instruments_);
  }
  EXPECT_FALSE(instruments_.health().attempted);
}

TEST_F(Instruments, UnknownGaugesAreAbsent) {
  EXPECT_FALSE(Shows("xplenty_api_rate_limit{"));
  EXPECT_FALSE(Shows("xplenty_exporter_last_refresh_timestamp_seconds{"));
  instruments_.OnRateLimit({.limit = 5000, .remaining = 42});
  EXPECT_TRUE(Shows("xplenty_api_rate_limit_remaining{account=\"acme\"} 42\n"));
}

TEST_F(Instruments, FailureIsCountedAndSetsUp) {
  instruments_.OnRefreshEnd({.took = std::chrono::duration<double>(1)});
  EXPECT_TRUE(Shows("xplenty_up{account=\"acme\"} 1\n"));
  const Error error{ErrorCode::kAuth, "refused"};
  instruments_.OnRefreshEnd({.error = &error, .took = std::chrono::duration<double>(2)});
  EXPECT_TRUE(Shows("xplenty_up{account=\"acme\"} 0\n"));
  EXPECT_TRUE(Shows("xplenty_exporter_refresh_errors_total{account=\"acme\",reason=\"auth\"} 1\n"));
  EXPECT_EQ(instruments_.health().last_error, "refused");
  EXPECT_TRUE(instruments_.health().last_success);
}

TEST_F(Instruments, RequestWithoutResponseIsError) {
  instruments_.OnRequest(0, std::chrono::duration<double>(1));
  EXPECT_TRUE(Shows("xplenty_api_requests_total{account=\"acme\",code=\"error\"} 1\n"));
}

TEST_F(Instruments, EachChangeIsCounted) {
  const Error error{ErrorCode::kAuth, "refused"};
  const std::vector<std::function<void()>> kChanges = {
      [&] { instruments_.OnRequest(200, std::chrono::duration<double>(1)); },
      [&] { instruments_.OnRateLimit({.limit = 5000, .remaining = 42}); },
      [&] { instruments_.OnRefreshEnd({.took = std::chrono::duration<double>(1)}); },
      [&] {
        instruments_.OnRefreshEnd({.error = &error, .took = std::chrono::duration<double>(1)});
      },
      [&] { instruments_.OnNoResponse(); }};
  for (const auto& change : kChanges) {
    const uint64_t previous = instruments_.changes();
    change();
    EXPECT_GT(instruments_.changes(), previous);
  }
}

}  // namespace
}  // namespace xplenty::exporter_metrics_test
