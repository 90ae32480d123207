#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace xplenty {

// How much a message matters, from least to most.
enum class LogLevel { kDebug, kInfo, kWarn, kError };

// A value that a message carries, under a key that is a constant word.
struct LogField {
  std::string_view key;
  std::string value;
};

// The interface to logging: a message that is always the same, and fields, as in logfmt.
// Implementations are safe from any thread and escape all texts. A Secret does not convert to a
// field.
class Logger {
 public:
  virtual ~Logger() = default;
  Logger() = default;
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  // Writes one line, or drops it if it matters too little. It never fails.
  virtual void Log(LogLevel level, std::string_view message,
                   const std::vector<LogField>& fields) = 0;

  // Call Log() with the level of their name.
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
