#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/logger.h"

namespace xplenty {

// Keeps the log, a line for each message.
class RecordingLogger final : public Logger {
 public:
  void Log(LogLevel, std::string_view message, const std::vector<LogField>& fields) override {
    std::string line(message);
    for (const LogField& field : fields) line += ' ' + std::string(field.key) + '=' + field.value;
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace xplenty
