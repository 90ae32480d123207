#include "app/stderr_logger.h"

#include <string>

#include <gtest/gtest.h>

namespace xplenty {
namespace {

std::string Logfmt(const std::string& value) {
  return FormatLogLine(LogFormat::kLogfmt, LogLevel::kInfo, "m", {{"k", value}});
}

TEST(FormatLogLine, LogfmtQuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(Logfmt("plain"), "level=INFO msg=m k=plain");
  EXPECT_EQ(Logfmt("two words"), "level=INFO msg=m k=\"two words\"");
  EXPECT_EQ(Logfmt("a=b"), "level=INFO msg=m k=\"a=b\"");
  EXPECT_EQ(Logfmt(""), "level=INFO msg=m k=\"\"");
  EXPECT_EQ(Logfmt(R"(say "a\b")"), R"(level=INFO msg=m k="say \"a\\b\"")");
}

TEST(FormatLogLine, IsAlwaysOneLine) {
  for (const LogFormat format : {LogFormat::kLogfmt, LogFormat::kJson}) {
    const std::string line =
        FormatLogLine(format, LogLevel::kError, "m", {{"k", "a\nlevel=INFO\r\x01\xFF"}});
    for (const char bad : {'\n', '\r', '\x01', '\xFF'}) {
      EXPECT_EQ(line.find(bad), std::string::npos) << line;
    }
  }
}

TEST(FormatLogLine, WritesJsonMembers) {
  EXPECT_EQ(
      FormatLogLine(LogFormat::kJson, LogLevel::kWarn, "Refresh failed", {{"err", R"(a "b" \c)"}}),
      R"("level":"WARN","msg":"Refresh failed","err":"a \"b\" \\c")");
}

}  // namespace
}  // namespace xplenty
