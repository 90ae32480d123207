#include "app/instruments.h"

#include <string>

#include <gtest/gtest.h>

#include "exposition/text_encoder.h"

namespace xplenty {
namespace {

std::string Text(const prometheus::Registry& registry) {
  std::string text;
  for (const auto& family : registry.Collect()) AppendText(ToFamily(family), text);
  return text;
}

class Instruments : public ::testing::Test {
 protected:
  bool Shows(const std::string& line) const {
    return ("\n" + Text(registry_)).find("\n" + line) != std::string::npos;
  }

  SystemClock clock_;
  prometheus::Registry registry_;
  AccountInstruments instruments_{registry_, "acme", clock_};
};

TEST_F(Instruments, EveryReasonIsZeroFromTheStart) {
  for (const std::string reason :
       {"auth", "rate_limit", "timeout", "network", "http", "parse", "storage"}) {
    EXPECT_TRUE(Shows("xplenty_exporter_refresh_errors_total{account=\"acme\",reason=\"" + reason +
                      "\"} 0\n"))
        << Text(registry_);
  }
  EXPECT_FALSE(instruments_.health().attempted);
}

TEST_F(Instruments, GaugesOfWhatIsNotKnownAreAbsent) {
  EXPECT_FALSE(Shows("xplenty_api_rate_limit{"));
  EXPECT_FALSE(Shows("xplenty_exporter_last_refresh_timestamp_seconds{"));
  instruments_.RateLimitSeen({.limit = 5000, .remaining = 42});
  EXPECT_TRUE(Shows("xplenty_api_rate_limit_remaining{account=\"acme\"} 42\n"));
}

TEST_F(Instruments, AFailureCountsItsReasonAndPutsUpTo0) {
  instruments_.RefreshEnded({.took = std::chrono::duration<double>(1)});
  EXPECT_TRUE(Shows("xplenty_up{account=\"acme\"} 1\n"));
  const Error error{ErrorCode::kAuth, "refused"};
  instruments_.RefreshEnded({.error = &error, .took = std::chrono::duration<double>(2)});
  EXPECT_TRUE(Shows("xplenty_up{account=\"acme\"} 0\n"));
  EXPECT_TRUE(Shows("xplenty_exporter_refresh_errors_total{account=\"acme\",reason=\"auth\"} 1\n"));
  EXPECT_EQ(instruments_.health().last_error, "refused");
  EXPECT_TRUE(instruments_.health().last_success);
}

TEST_F(Instruments, ARequestWithoutAnAnswerHasTheCodeError) {
  instruments_.RequestSent(0, std::chrono::duration<double>(1));
  EXPECT_TRUE(Shows("xplenty_api_requests_total{account=\"acme\",code=\"error\"} 1\n"));
}

}  // namespace
}  // namespace xplenty
