#include "app/stderr_logger.h"

#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xplenty::stderr_logger_test {
namespace {

// This is 2023-11-14T22:13:20.007Z.
constexpr WallTime kTime{std::chrono::milliseconds(1'700'000'000'007)};

std::string Logfmt(const std::string& value) {
  return FormatLogLine(LogFormat::kLogfmt, kTime, LogLevel::kInfo, "m", {{"k", value}});
}

TEST(FormatLogLine, LogfmtQuotesOnlyWhatNeedsIt) {
  const std::string begin = "time=2023-11-14T22:13:20.007Z level=INFO msg=m k=";
  EXPECT_EQ(Logfmt("plain"), begin + "plain\n");
  EXPECT_EQ(Logfmt("two words"), begin + "\"two words\"\n");
  EXPECT_EQ(Logfmt("a=b"), begin + "\"a=b\"\n");
  EXPECT_EQ(Logfmt(""), begin + "\"\"\n");
  EXPECT_EQ(Logfmt(R"(say "a\b")"), begin + R"("say \"a\\b\"")" + "\n");
}

TEST(FormatLogLine, IsAlwaysOneLine) {
  for (const LogFormat format : {LogFormat::kLogfmt, LogFormat::kJson}) {
    const std::string line =
        FormatLogLine(format, kTime, LogLevel::kError, "m", {{"k", "a\nlevel=INFO\r\x01\xFF"}});
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    for (const char bad : {'\r', '\x01', '\xFF'}) {
      EXPECT_EQ(line.find(bad), std::string::npos) << line;
    }
  }
}

TEST(FormatLogLine, WritesAJsonObject) {
  EXPECT_EQ(FormatLogLine(LogFormat::kJson, kTime, LogLevel::kWarn, "Refresh failed",
                          {{"err", R"(a "b" \c)"}}),
            R"({"time":"2023-11-14T22:13:20.007Z","level":"WARN","msg":"Refresh failed",)"
            R"("err":"a \"b\" \\c"})"
            "\n");
}

TEST(StderrLogger, DropsWhatIsBelowItsLevel) {
  StderrLogger logger(LogLevel::kWarn, LogFormat::kLogfmt);
  testing::internal::CaptureStderr();
  logger.Info("dropped");
  logger.Warn("kept");
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::MatchesRegex("time=....-..-..T..:..:......Z level=WARN msg=kept\n"));
}

TEST(StderrLogger, KeepsLinesOfThreadsApart) {
  constexpr int kLinesEach = 100;
  StderrLogger logger(LogLevel::kDebug, LogFormat::kLogfmt);
  testing::internal::CaptureStderr();
  std::vector<std::jthread> threads;
  for (const char letter : {'a', 'b', 'c', 'd'}) {
    threads.emplace_back([&logger, letter] {
      for (int i = 0; i < kLinesEach; ++i) logger.Info(std::string(5'000, letter));
    });
  }
  threads.clear();
  std::istringstream lines(testing::internal::GetCapturedStderr());
  int whole = 0;
  for (std::string line; std::getline(lines, line); ++whole) {
    const std::string message = line.substr(line.find("msg=") + 4);
    EXPECT_EQ(message, std::string(5'000, message[0]));
  }
  EXPECT_EQ(whole, 4 * kLinesEach);
}

}  // namespace
}  // namespace xplenty::stderr_logger_test
