#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/logger.h"
#include "config/config.h"

namespace xplenty {

// Logs to standard error: logfmt as Go's slog writes it, or a JSON object a line. Safe from any
// thread.
class StderrLogger final : public Logger {
 public:
  StderrLogger(LogLevel least, LogFormat format);
  ~StderrLogger() override;

  void Log(LogLevel level, std::string_view message, const std::vector<LogField>& fields) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// One line without the time: `level=INFO msg="..." key=value`, or the inner part of a JSON object.
std::string FormatLogLine(LogFormat format, LogLevel level, std::string_view message,
                          const std::vector<LogField>& fields);

}  // namespace xplenty
