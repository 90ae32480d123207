#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/logger.h"
#include "base/mutex.h"

namespace xplenty {

// Keeps the lines that are logged, as `message key=value ...`. Safe from any thread.
class LogRecorder final : public Logger {
 public:
  void Log(LogLevel, std::string_view message, const std::vector<LogField>& fields) override {
    std::string line(message);
    for (const LogField& field : fields) {
      line += ' ';
      line += field.key;
      line += '=';
      line += field.value;
    }
    const MutexLock lock(mutex_);
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> lines() {
    const MutexLock lock(mutex_);
    return lines_;
  }

 private:
  Mutex mutex_;
  std::vector<std::string> lines_ GUARDED_BY(mutex_);
};

}  // namespace xplenty
