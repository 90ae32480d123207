#include "app/stderr_logger.h"

#include <cerrno>
#include <limits>

#include <unistd.h>

#include "base/timestamp.h"
#include "base/utf8.h"

namespace xplenty {
namespace {

std::string_view Name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO";
    case LogLevel::kWarn:
      return "WARN";
    case LogLevel::kError:
      break;
  }
  return "ERROR";
}

std::string TimeText(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::floor<std::chrono::milliseconds>(time - seconds);
  std::string text = FormatIso8601(seconds);
  text.pop_back();
  const std::string digits = std::to_string(1000 + rest.count()).substr(1);  // with leading zeros
  return text + "." + digits + "Z";
}

// CleanText() leaves no control character, so that quotes and backslashes are all there is to
// escape.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : CleanText(text, std::numeric_limits<size_t>::max())) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string LogfmtValue(std::string_view text) {
  const bool plain = !text.empty() && text.find_first_of(" =\"\\") == std::string_view::npos &&
                     CleanText(text, text.size() * 3) == text;
  return plain ? std::string(text) : Quoted(text);
}

void WriteToStderr(std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    line.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

std::string FormatLogLine(LogFormat format, WallTime time, LogLevel level, std::string_view message,
                          const std::vector<LogField>& fields) {
  const std::string name(Name(level));
  std::string line;
  if (format == LogFormat::kJson) {
    line =
        R"({"time":")" + TimeText(time) + R"(","level":")" + name + R"(","msg":)" + Quoted(message);
    for (const LogField& field : fields) {
      line += "," + Quoted(field.key) + ":" + Quoted(field.value);
    }
    return line + "}\n";
  }
  line = "time=" + TimeText(time) + " level=" + name + " msg=" + LogfmtValue(message);
  for (const LogField& field : fields) {
    line += " " + std::string(field.key) + "=" + LogfmtValue(field.value);
  }
  return line + "\n";
}

void StderrLogger::Log(LogLevel level, std::string_view message,
                       const std::vector<LogField>& fields) {
  if (level < min_level_) return;
  const std::string line =
      FormatLogLine(format_, std::chrono::system_clock::now(), level, message, fields);
  const MutexLock lock(mutex_);
  WriteToStderr(line);
}

}  // namespace xplenty
