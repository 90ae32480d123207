#include "app/stderr_logger.h"

#include <limits>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

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

}  // namespace

std::string FormatLogLine(LogFormat format, LogLevel level, std::string_view message,
                          const std::vector<LogField>& fields) {
  std::string line;
  if (format == LogFormat::kJson) {
    line = "\"level\":\"" + std::string(Name(level)) + "\",\"msg\":" + Quoted(message);
    for (const LogField& field : fields)
      line += "," + Quoted(field.key) + ":" + Quoted(field.value);
    return line;
  }
  line = "level=" + std::string(Name(level)) + " msg=" + LogfmtValue(message);
  for (const LogField& field : fields) {
    line += " " + std::string(field.key) + "=" + LogfmtValue(field.value);
  }
  return line;
}

class StderrLogger::Impl {
 public:
  Impl(LogLevel least, LogFormat log_format)
      : least_level(least),
        format(log_format),
        logger("", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    const char* pattern = format == LogFormat::kJson ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})"
                                                     : "time=%Y-%m-%dT%H:%M:%S.%eZ %v";
    logger.set_formatter(
        std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
    logger.flush_on(spdlog::level::trace);
  }

  const LogLevel least_level;
  const LogFormat format;
  spdlog::logger logger;
};

StderrLogger::StderrLogger(LogLevel least, LogFormat format)
    : impl_(std::make_unique<Impl>(least, format)) {}

StderrLogger::~StderrLogger() = default;

void StderrLogger::Log(LogLevel level, std::string_view message,
                       const std::vector<LogField>& fields) {
  if (level < impl_->least_level) return;
  impl_->logger.log(spdlog::level::info, FormatLogLine(impl_->format, level, message, fields));
}

}  // namespace xplenty
