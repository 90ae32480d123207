#include "config/flags.h"

#include <cstdlib>
#include <initializer_list>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace xplenty {
namespace {

using std::chrono::milliseconds;

class Flags : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"XPLENTY_API_URL", "XPLENTY_API_KEY_FILE"}) ::unsetenv(name);
    ::setenv("XPLENTY_ACCOUNT_ID", "acme", 1);
    ::setenv("XPLENTY_API_KEY", "key", 1);
  }

  static CommandLine Parse(std::initializer_list<const char*> flags) {
    std::vector<const char*> arguments = {"xplenty_exporter"};
    arguments.insert(arguments.end(), flags);
    return ParseCommandLine(static_cast<int>(arguments.size()), arguments.data(), "version 1\n");
  }

  static std::string UsageError(std::initializer_list<const char*> flags) {
    const CommandLine line = Parse(flags);
    return line.exit && line.exit->code == 2 ? line.exit->text : "accepted";
  }
};

TEST_F(Flags, AccountAndKeyComeFromTheEnvironment) {
  const CommandLine line = Parse({});
  ASSERT_FALSE(line.exit);
  EXPECT_EQ(line.config.account.id, "acme");
  EXPECT_EQ(line.config.account.api_key.Reveal(), "key");
  EXPECT_EQ(line.config.storage.path, "data");
}

TEST_F(Flags, AFlagWinsOverTheEnvironmentAndAKeyFileOverAKey) {
  const CommandLine line = Parse({"--account.id", "other", "--account.api-key-file=/k"});
  ASSERT_FALSE(line.exit);
  EXPECT_EQ(line.config.account.id, "other");
  EXPECT_EQ(line.config.account.api_key_file, "/k");
  EXPECT_TRUE(line.config.account.api_key.empty());
}

TEST_F(Flags, ValuesFollowAnEqualsSignOrABlankAndMayBeEmpty) {
  const CommandLine line =
      Parse({"--api.timeout=1500ms", "--refresh.lookback", "7d",
             "--storage.path=", "--web.listen-address=:0", "--web.listen-address", "[::1]:0"});
  ASSERT_FALSE(line.exit);
  EXPECT_EQ(line.config.api.timeout, milliseconds(1500));
  EXPECT_EQ(line.config.refresh.lookback, std::chrono::days(7));
  EXPECT_EQ(line.config.storage.path, "");
  EXPECT_EQ(line.config.web.listen_addresses, (std::vector<std::string>{":0", "[::1]:0"}));
}

TEST_F(Flags, AWrongValueIsReportedWithItsFlagAndWhatIsExpected) {
  EXPECT_EQ(UsageError({"--api.timeout=fast"}),
            "xplenty_exporter: --api.timeout: \"fast\" is not a duration such as 500ms, 15s or "
            "24h\nSee xplenty_exporter --help\n");
  EXPECT_NE(UsageError({"--api.page-size=0"}).find("--api.page-size: \"0\""), std::string::npos);
  EXPECT_NE(UsageError({"--api.page-size=101"}).find("from 1 to 100"), std::string::npos);
  EXPECT_NE(UsageError({"--log.level=loud"}).find("--log.level: \"loud\""), std::string::npos);
  EXPECT_NE(UsageError({"--no.such-flag"}).find("--no.such-flag"), std::string::npos);
}

TEST_F(Flags, TheTelemetryPathIsNoneOfTheExportersOwn) {
  for (const char* path : {"/-/healthy", "/-/", "/status.css", "/status.js"}) {
    const std::string flag = std::string("--web.telemetry-path=") + path;
    EXPECT_NE(UsageError({flag.c_str()}).find(path), std::string::npos) << path;
  }
  EXPECT_EQ(Parse({"--web.telemetry-path=/status"}).config.web.telemetry_path, "/status");
}

TEST_F(Flags, PageSizesFrom1To100AreTaken) {
  EXPECT_EQ(Parse({"--api.page-size=1"}).config.api.page_size, 1);
  EXPECT_EQ(Parse({"--api.page-size=100"}).config.api.page_size, 100);
}

TEST_F(Flags, VersionNeedsNoAccount) {
  ::unsetenv("XPLENTY_ACCOUNT_ID");
  const CommandLine line = Parse({"--version"});
  ASSERT_TRUE(line.exit);
  EXPECT_EQ(line.exit->code, 0);
  EXPECT_EQ(line.exit->text, "version 1\n");
}

}  // namespace
}  // namespace xplenty
