#include "config/config_source.h"

#include <cstdlib>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/settings.h"
#include "support/temporary_folder.h"

namespace xplenty::config_source_test {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

class ConfigSourceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"XPLENTY_API_URL", "XPLENTY_API_KEY_FILE", "SSL_CERT_FILE"}) {
      ::unsetenv(name);
    }
    ::setenv("XPLENTY_ACCOUNT_ID", "acme", 1);
    ::setenv("XPLENTY_API_KEY", "key", 1);
  }

  static Config Loaded(ConfigSource::Flags flags) {
    auto config = ConfigSource(std::move(flags)).Load();
    EXPECT_TRUE(config) << config.error().message;
    return config ? std::move(*config) : Config();
  }

  static std::string ErrorOf(ConfigSource::Flags flags) {
    const auto config = ConfigSource(std::move(flags)).Load();
    return config ? "accepted" : config.error().message;
  }

  ConfigSource::Flags File(const std::string& text, ConfigSource::Flags flags = {}) {
    std::ofstream(path_) << text;
    flags["config.file"] = {path_};
    return flags;
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_.path() + "/x.yml";
};

TEST_F(ConfigSourceTest, AccountComesFromTheEnvironment) {
  const Config config = Loaded({});
  ASSERT_EQ(config.accounts.size(), 1U);
  EXPECT_EQ(config.accounts[0].id, "acme");
  EXPECT_EQ(config.accounts[0].name, "acme");
  EXPECT_EQ(config.accounts[0].api_key.Reveal(), "key");
  EXPECT_EQ(config.storage.path, "data");
  EXPECT_THAT(config.web.listen_addresses, ElementsAre(":10740"));
}

TEST_F(ConfigSourceTest, BlanksAroundAVariableAreCut) {
  ::setenv("XPLENTY_API_KEY", " key\r\n", 1);
  EXPECT_EQ(Loaded({}).accounts[0].api_key.Reveal(), "key");
}

TEST_F(ConfigSourceTest, TakesTheAuthoritiesOfTheEnvironment) {
  ::setenv("SSL_CERT_FILE", "/etc/ours.pem", 1);
  EXPECT_EQ(Loaded({}).api.ca_file, "/etc/ours.pem");
  EXPECT_EQ(Loaded({{"api.ca-file", {"/flag.pem"}}}).api.ca_file, "/flag.pem");
}

TEST_F(ConfigSourceTest, FlagWinsOverEnvironment) {
  const Config config = Loaded({{"account.id", {"other"}}, {"account.api-key-file", {"/k"}}});
  EXPECT_EQ(config.accounts[0].id, "other");
  EXPECT_EQ(config.accounts[0].api_key_file, "/k");
  EXPECT_TRUE(config.accounts[0].api_key.empty());
}

TEST_F(ConfigSourceTest, PrecedenceIsFlagFileEnvironment) {
  ::setenv("XPLENTY_API_URL", "http://environment", 1);
  EXPECT_EQ(Loaded({}).api.url, "http://environment");
  const char* const kFile = "api: {url: 'http://file', timeout: 3s}";
  EXPECT_EQ(Loaded(File(kFile)).api.url, "http://file");
  const Config config = Loaded(File(kFile, {{"api.url", {"http://flag"}}}));
  EXPECT_EQ(config.api.url, "http://flag");
  EXPECT_EQ(config.api.timeout, std::chrono::seconds(3));
}

// Tries each setting of the table, so that a new one cannot be forgotten.
TEST_F(ConfigSourceTest, FileKeyEqualsItsFlag) {
  const auto text_of = [](const Setting& setting) -> std::string {
    switch (setting.kind) {
      case Setting::Kind::kSwitch:
        return "true";
      case Setting::Kind::kNumber:
        return setting.name == "metrics.max-series" ? "4321" : "43";
      case Setting::Kind::kDuration:
        return "47m";
      case Setting::Kind::kPath:
        return "/some/path";
      default:
        return "http://text";
    }
  };
  size_t in_file = 0;
  for (const Setting& setting : Settings()) {
    if (!setting.in_file) continue;
    ++in_file;
    const std::string key = setting.Key().substr(setting.Section().size() + 1);
    const Config by_file =
        Loaded(File(std::string(setting.Section()) + ": {" + key + ": " + text_of(setting) + "}"));
    const Config by_flag = Loaded({{setting.name, {text_of(setting)}}});
    EXPECT_EQ(by_file.api, by_flag.api) << setting.name;
    EXPECT_EQ(by_file.refresh, by_flag.refresh) << setting.name;
    EXPECT_EQ(by_file.metrics, by_flag.metrics) << setting.name;
    const Config standard = Loaded({});
    EXPECT_FALSE(by_flag.api == standard.api && by_flag.refresh == standard.refresh &&
                 by_flag.metrics == standard.metrics)
        << setting.name << " was not set";
  }
  EXPECT_GT(in_file, 10U);
}

TEST_F(ConfigSourceTest, WrongValuesNameTheirSource) {
  EXPECT_EQ(ErrorOf({{"api.timeout", {"fast"}}}),
            "--api.timeout: \"fast\" is not a duration such as 500ms, 15s or 24h");
  EXPECT_EQ(ErrorOf({{"api.page-size", {"101"}}, {"log.level", {"loud"}}}),
            "--api.page-size: \"101\" is not a whole number from 1 to 100\n"
            "--log.level: \"loud\" is none of debug, info, warn, error");
  EXPECT_THAT(ErrorOf({{"refresh.lookback", {"1s"}}}), HasSubstr("at least 1m is expected"));
  EXPECT_THAT(ErrorOf({{"once", {"perhaps"}}}), HasSubstr("--once: \"perhaps\""));
}

TEST_F(ConfigSourceTest, TelemetryPathIsNotReserved) {
  for (const char* path : {"/-/healthy", "/-/", "/probe", "/status.css", "/status.js", "metrics"}) {
    EXPECT_THAT(ErrorOf({{"web.telemetry-path", {path}}}), HasSubstr(path));
  }
  EXPECT_EQ(Loaded({{"web.telemetry-path", {"/status"}}}).web.telemetry_path, "/status");
}

TEST_F(ConfigSourceTest, FileAccountsReplaceTheEnvironments) {
  const Config config = Loaded(File("accounts: [{id: globex, api_key_file: k}]"));
  ASSERT_EQ(config.accounts.size(), 1U);
  EXPECT_EQ(config.accounts[0].id, "globex");
  EXPECT_EQ(config.accounts[0].api_key_file, folder_.path() + "/k") << "relative to the file";
}

TEST_F(ConfigSourceTest, AccountFlagsConflictWithFileAccounts) {
  EXPECT_EQ(ErrorOf(File("accounts: [{id: a, api_key_file: k}]", {{"account.id", {"b"}}})),
            "--account.id: the accounts are those of " + path_);
}

TEST_F(ConfigSourceTest, EnvironmentKeyServesASingleAccount) {
  EXPECT_EQ(Loaded(File("accounts: [{id: globex}]")).accounts[0].api_key.Reveal(), "key");
  EXPECT_EQ(ErrorOf(File("accounts:\n- {id: a, api_key_file: k}\n- {id: b}")),
            path_ + ":3:3: account \"b\" has no API key: api_key_file is expected");
}

TEST_F(ConfigSourceTest, ExplainsAMissingAccountOrKey) {
  ::unsetenv("XPLENTY_API_KEY");
  EXPECT_THAT(ErrorOf({}), HasSubstr("XPLENTY_API_KEY_FILE"));
  ::unsetenv("XPLENTY_ACCOUNT_ID");
  EXPECT_THAT(ErrorOf({}), HasSubstr("XPLENTY_ACCOUNT_ID"));
}

TEST_F(ConfigSourceTest, UnreadableFileIsNamed) {
  EXPECT_EQ(ErrorOf({{"config.file", {"/nonexistent/x.yml"}}}),
            "--config.file: cannot read /nonexistent/x.yml: No such file or directory");
}

TEST_F(ConfigSourceTest, ShardIsANumberOrPodName) {
  for (const char* text : {"2/3", "xplenty-exporter-2/3"}) {
    const Config config = Loaded({{"accounts.shard", {text}}});
    ASSERT_TRUE(config.shard);
    EXPECT_EQ(config.shard->index, 2U);
    EXPECT_EQ(config.shard->count, 3U);
  }
  for (const char* text : {"3/3", "2", "2/", "/3", "pod/3", "0/0", "1/3x", "pod-/3"}) {
    EXPECT_THAT(ErrorOf({{"accounts.shard", {text}}}), HasSubstr("--accounts.shard")) << text;
  }
}

}  // namespace
}  // namespace xplenty::config_source_test
