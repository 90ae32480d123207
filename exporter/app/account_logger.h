#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/logger.h"

namespace xplenty {

// Says of which account each message is. `next` must outlive it.
class AccountLogger final : public Logger {
 public:
  AccountLogger(Logger& next, std::string account) : next_(next), account_(std::move(account)) {}

  void Log(LogLevel level, std::string_view message, const std::vector<LogField>& fields) override {
    std::vector<LogField> all = {{"account", account_}};
    all.insert(all.end(), fields.begin(), fields.end());
    next_.Log(level, message, all);
  }

 private:
  Logger& next_;
  const std::string account_;
};

}  // namespace xplenty
