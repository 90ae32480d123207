#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/logger.h"
#include "base/mutex.h"
#include "config/config.h"

namespace xplenty {

// A logger that writes to standard error: logfmt as Go's slog writes it, or one JSON object a line.
// A line is one write(2), unless the system takes less. A line that cannot be written is dropped.
// Safe from any thread.
class StderrLogger final : public Logger {
 public:
  // Messages below `min_level` are dropped.
  StderrLogger(LogLevel min_level, LogFormat format) : min_level_(min_level), format_(format) {}

  void Log(LogLevel level, std::string_view message, const std::vector<LogField>& fields) override;

 private:
  const LogLevel min_level_;
  const LogFormat format_;
  Mutex mutex_;  // keeps lines apart
};

// Formats a whole line, with its line feed: `time=2026-03-01T09:30:00.123Z level=INFO msg=...
// key=value`, or a JSON object of the same. Texts are cleaned (base/utf8.h) and escaped, keys only
// in JSON. The time is UTC in milliseconds.
std::string FormatLogLine(LogFormat format, WallTime time, LogLevel level, std::string_view message,
                          const std::vector<LogField>& fields);

}  // namespace xplenty
