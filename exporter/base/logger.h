#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace xplenty {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

struct LogField {
  std::string_view key;
  std::string value;
};

// The seam to logging: a fixed message and fields, as in logfmt. Implementations are safe from any
// thread and escape what they are given; a Secret cannot be made a field.
class Logger {
 public:
  virtual ~Logger() = default;
  Logger() = default;
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  virtual void Log(LogLevel level, std::string_view message,
                   const std::vector<LogField>& fields) = 0;

  void Debug(std::string_view message, std::initializer_list<LogField> fields = {}) {
    Log(LogLevel::kDebug, message, fields);
  }
  void Info(std::string_view message, std::initializer_list<LogField> fields = {}) {
    Log(LogLevel::kInfo, message, fields);
  }
  void Warn(std::string_view message, std::initializer_list<LogField> fields = {}) {
    Log(LogLevel::kWarn, message, fields);
  }
  void Error(std::string_view message, std::initializer_list<LogField> fields = {}) {
    Log(LogLevel::kError, message, fields);
  }
};

}  // namespace xplenty
