#include "config/flags.h"

#include <initializer_list>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/settings.h"

namespace xplenty::flags_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

CommandLine Parse(std::initializer_list<const char*> flags) {
  std::vector<const char*> arguments = {"xplenty_exporter"};
  arguments.insert(arguments.end(), flags);
  return ParseCommandLine(static_cast<int>(arguments.size()), arguments.data(), "version 1\n");
}

TEST(Flags, ValuesFollowEqualsOrBlank) {
  const CommandLine line =
      Parse({"--api.timeout=1500ms", "--refresh.lookback", "7d",
             "--storage.path=", "--web.listen-address=:0", "--web.listen-address", "[::1]:0"});
  ASSERT_FALSE(line.exit);
  EXPECT_THAT(line.flags, ElementsAre(Pair("api.timeout", ElementsAre("1500ms")),
                                      Pair("refresh.lookback", ElementsAre("7d")),
                                      Pair("storage.path", ElementsAre("")),
                                      Pair("web.listen-address", ElementsAre(":0", "[::1]:0"))));
}

TEST(Flags, ASwitchNeedsNoValue) {
  EXPECT_THAT(Parse({"--once", "--metrics.per-job=false"}).flags,
              ElementsAre(Pair("metrics.per-job", ElementsAre("false")),
                          Pair("once", ElementsAre("true"))));
}

TEST(Flags, AnUnknownOneIsNamed) {
  const CommandLine line = Parse({"--no.such-flag"});
  ASSERT_TRUE(line.exit);
  EXPECT_EQ(line.exit->code, 2);
  EXPECT_THAT(line.exit->text, HasSubstr("--no.such-flag"));
}

TEST(Flags, HelpListsDefaultsAndVariables) {
  const CommandLine line = Parse({"--help"});
  ASSERT_TRUE(line.exit);
  EXPECT_EQ(line.exit->code, 0);
  for (const Setting& setting : Settings()) {
    EXPECT_THAT(line.exit->text, HasSubstr("--" + setting.name));
    EXPECT_THAT(line.exit->text, HasSubstr(setting.env_var));
  }
}

TEST(Flags, VersionNeedsNoAccount) {
  const CommandLine line = Parse({"--version"});
  ASSERT_TRUE(line.exit);
  EXPECT_EQ(line.exit->code, 0);
  EXPECT_EQ(line.exit->text, "version 1\n");
}

}  // namespace
}  // namespace xplenty::flags_test
