#pragma once

#include <string_view>
#include <vector>

#include "base/logger.h"

namespace xplenty {

class NoLog final : public Logger {
 public:
  void Log(LogLevel, std::string_view, const std::vector<LogField>&) override {}
};

}  // namespace xplenty
